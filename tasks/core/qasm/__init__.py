"""Circuits as people write them, OpenQASM 2 and 3, read into plain circuits of Braket's gates."""
