"""Compilation of programs into the native gates of one calibrated device."""
