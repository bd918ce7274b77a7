"""Optimisers that ask for points and are told values, and repeat exactly when told the same."""
