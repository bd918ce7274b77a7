"""Rows of the lake's tables, from the values that runs make."""
