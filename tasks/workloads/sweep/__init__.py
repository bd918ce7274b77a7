"""Sweeps: one circuit at many points, measured piece by piece."""
