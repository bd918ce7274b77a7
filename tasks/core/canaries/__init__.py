"""Small circuits of which it is known what comes out: they tell whether a device keeps its word."""
