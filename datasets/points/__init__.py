"""Points of sweeps in files and in memory."""
