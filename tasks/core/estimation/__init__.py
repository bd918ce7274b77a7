"""From counts to expectation values of observables, point by point."""
