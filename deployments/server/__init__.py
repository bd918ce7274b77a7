"""Prefect servers: one for the length of a command, or one that stays, with a worker."""
