"""Say that a program runs on Braket's simulator instead of the engine, and why."""

import warnings


class FallenBack(UserWarning):
    """A program ran on Braket's simulator instead; the text says why."""


def warn(device: str, reason: str) -> None:
    """Tell the caller of the simulator `device`."""
    text = f"{device} leaves this program to Braket's simulator: {reason}."
    warnings.warn(text, FallenBack, stacklevel=3)
