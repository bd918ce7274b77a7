"""Parameter sweeps: points, observables, and what of them is still to be run."""
