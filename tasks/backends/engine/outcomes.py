"""From states to the probabilities of what is measured, and to expectation values.

Bit 0 of an outcome is the first measured qubit.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.backends.engine.kernels import States
from tasks.backends.engine.lowering import DENSITY_MATRIX, Picture
from tasks.backends.engine.program import Values
from tasks.core.physics.pauli import diagonal, masks

_Z = 3  # its index among I, X, Y, Z


def probabilities(
    states: States,
    measured: Sequence[int],
    *,
    picture: Picture,
    n_qubits: int,
    readout: Sequence[tuple[float, float]] = (),
) -> Values:
    """Return the probability of each outcome at each point, (n_points, 2**n_measured).

    Args:
        states: (dimension**n_qubits, n_points).
        measured: places, in the order of the bits.
        picture: how the states are written.
        n_qubits: how many qubits they have.
        readout: for each bit, the chances to misread a 0 and a 1.
    """
    tensor = states.reshape((picture.dimension,) * n_qubits + (-1,))
    marginal = _diagonal_strings if picture is DENSITY_MATRIX else _squares
    found = marginal(tensor, measured)
    for axis, (zero_as_one, one_as_zero) in enumerate(reversed(readout)):
        zero, one = np.moveaxis(found, axis, 0)
        kept = (1.0 - zero_as_one) * zero + one_as_zero * one
        read = zero_as_one * zero + (1.0 - one_as_zero) * one
        found = np.stack([kept, read], axis=axis)
    flat = np.ascontiguousarray(found.reshape(2 ** len(measured), -1).T)
    np.maximum(flat, 0.0, out=flat)
    flat /= flat.sum(axis=1, keepdims=True)
    return flat


def expectations(states: States, paulis: Sequence[str], *, picture: Picture) -> Values:
    """Return the expectation value of each Pauli string at each point, (n_points, n_paulis).

    Args:
        states: (dimension**n_qubits, n_points).
        paulis: letters, one a qubit and qubit 0 leftmost.
        picture: how the states are written.
    """
    if picture is DENSITY_MATRIX:
        rows = [int("".join(str("IXYZ".index(letter)) for letter in p), 4) for p in paulis]
        return np.ascontiguousarray(states[rows].T)
    found = np.empty((states.shape[1], len(paulis)))
    alike: dict[int, list[int]] = {}
    for number, pauli in enumerate(paulis):
        alike.setdefault(masks(pauli)[0], []).append(number)
    rows_of = np.arange(len(states))
    for flips, members in alike.items():
        overlaps = states[rows_of ^ flips].conj() * states
        signs = np.array([diagonal(paulis[number]) for number in members])
        found[:, members] = (signs @ overlaps).real.T
    return found


def _squares(tensor: NDArray[Any], measured: Sequence[int]) -> Values:
    """Return probabilities of amplitudes, with an axis a measured bit, the last one first."""
    squares = tensor.real**2
    squares += tensor.imag**2
    beside = tuple(set(range(tensor.ndim - 1)) - set(measured))
    kept = sorted(measured)
    marginal = squares.sum(axis=beside) if beside else squares
    return np.transpose(marginal, (*(kept.index(q) for q in reversed(measured)), len(kept)))


def _diagonal_strings(tensor: NDArray[Any], measured: Sequence[int]) -> Values:
    """Return probabilities of Pauli expectation values, an axis a measured bit, the last first."""
    index: list[Any] = [0] * (tensor.ndim - 1)
    for qubit in measured:
        index[qubit] = slice(0, _Z + 1, _Z)
    kept = sorted(measured)
    order = (*(kept.index(q) for q in reversed(measured)), len(kept))
    found = np.transpose(tensor[tuple(index)], order) * 0.5 ** len(measured)
    for axis in range(len(measured)):
        same, other = np.moveaxis(found, axis, 0)
        found = np.stack([same + other, same - other], axis=axis)
    return np.asarray(found)
