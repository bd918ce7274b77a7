"""Canaries: circuits whose outcome is known, which check a device."""
