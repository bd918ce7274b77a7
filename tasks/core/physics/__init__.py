"""Pauli sums, trial states, graphs, cuts and spectra."""
