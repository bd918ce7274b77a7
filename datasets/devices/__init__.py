"""Bundled device snapshots and the reader of published documents."""
