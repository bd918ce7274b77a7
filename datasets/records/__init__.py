"""The frozen values that stages exchange."""
