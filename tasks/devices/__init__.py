"""Devices over time: observation, drift, standing, and which ones there are."""
