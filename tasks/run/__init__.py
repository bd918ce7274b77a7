"""A run from its opening to its closing: cancellation, resumption, reconciliation, housekeeping."""
