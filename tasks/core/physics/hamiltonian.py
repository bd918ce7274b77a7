"""Sums of Pauli strings: one canonical form, expectation values."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from datasets.records.problems import Hamiltonian, PauliTerm
from tasks.core.physics.pauli import State, diagonal, masks, weight


def merge(terms: Iterable[tuple[str, float]], *, n_qubits: int) -> Hamiltonian:
    """Add up equal strings, drop zeros, and sort by weight and then by letters."""
    parts: dict[str, list[float]] = {}
    for pauli, coefficient in terms:
        parts.setdefault(pauli, []).append(coefficient)
    sums = {pauli: math.fsum(values) for pauli, values in parts.items()}
    ordered = sorted((weight(pauli), pauli) for pauli, value in sums.items() if value != 0.0)
    return Hamiltonian(n_qubits, tuple(PauliTerm(pauli, sums[pauli]) for _, pauli in ordered))


def constant(hamiltonian: Hamiltonian) -> float:
    """Return the coefficient of the identity, which needs no measurement."""
    return sum(t.coefficient for t in hamiltonian.terms if weight(t.pauli) == 0)


def norm(hamiltonian: Hamiltonian) -> float:
    """Return the sum of the coefficients' sizes: no state has a larger expectation value."""
    return math.fsum(abs(term.coefficient) for term in hamiltonian.terms)


def apply(hamiltonian: Hamiltonian, state: State) -> State:
    """Return H|state>; `state` is (2**n_qubits,) with qubit 0 in the most significant bit."""
    return _apply(diagonals(hamiltonian), state)


def expectation(hamiltonian: Hamiltonian, state: State) -> float:
    """Return <state|H|state> for a normalised state."""
    return float(np.vdot(state, apply(hamiltonian, state)).real)


def diagonals(hamiltonian: Hamiltonian) -> dict[int, State]:
    """Return d, each (2**n_qubits,), by flipped bits: H|i> = sum over flips of d[i] |i ^ flips>."""
    parts: dict[int, State] = {}
    size = 2**hamiltonian.n_qubits
    for term in hamiltonian.terms:
        flips, _ = masks(term.pauli)
        part = parts.setdefault(flips, np.zeros(size, dtype=complex))
        part += term.coefficient * diagonal(term.pauli)
    return parts


def _apply(parts: dict[int, State], state: NDArray[np.complex128]) -> State:
    index = np.arange(len(state))
    result = np.zeros(len(state), dtype=complex)
    for flips, part in parts.items():
        result += (part * state)[index ^ flips]
    return result
