"""Bundled problems with known answers."""
