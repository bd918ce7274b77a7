"""From a problem or a text to a compiled program: sources, cache, readout calibration."""
