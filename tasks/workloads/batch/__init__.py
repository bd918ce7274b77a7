"""Batches: many different circuits in few provider tasks."""
