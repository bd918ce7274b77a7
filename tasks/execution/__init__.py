"""Exactly once: submit, collect, completeness, inspection, landing, retry policy."""
