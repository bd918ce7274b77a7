"""Flows compose stages; they read like a method section and do no arithmetic and no I/O."""
