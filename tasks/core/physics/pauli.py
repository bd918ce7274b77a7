"""Pauli strings, one letter a qubit and qubit 0 leftmost, as bit masks and phases."""

import numpy as np
from numpy.typing import NDArray

LETTERS = "IXYZ"

State = NDArray[np.complex128]


def weight(pauli: str) -> int:
    """Return on how many qubits the string acts."""
    return len(pauli) - pauli.count("I")


def masks(pauli: str) -> tuple[int, int]:
    """Return the bits that the string flips and the bits whose sign it reads.

    Qubit 0 is the most significant bit, as in the index of a state vector.
    """
    flips = int("".join("1" if letter in "XY" else "0" for letter in pauli), 2)
    signs = int("".join("1" if letter in "YZ" else "0" for letter in pauli), 2)
    return flips, signs


def diagonal(pauli: str) -> State:
    """Return d with `P|i> = d[i] |i ^ flips>` for the flips of `masks`: (2**n_qubits,)."""
    _, signs = masks(pauli)
    odd = np.bitwise_count(np.arange(2 ** len(pauli)) & signs) % 2
    result: State = 1j ** pauli.count("Y") * (1.0 - 2.0 * odd)
    return result
