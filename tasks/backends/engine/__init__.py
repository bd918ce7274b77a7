"""Simulate one program at all its points together, in slabs that fit the cache."""
