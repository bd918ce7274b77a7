"""Pure, deterministic, Prefect-free science and planning."""
