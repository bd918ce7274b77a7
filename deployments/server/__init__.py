"""The Prefect server that comes and goes with a command."""
