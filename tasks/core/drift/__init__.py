"""Whether a device is still what its own history says it is."""
