"""Sums of Pauli strings: one canonical form, expectation values, the lowest energy."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from datasets.records.problems import Hamiltonian, PauliTerm
from tasks.core.pauli import State, diagonal, masks, weight
from tasks.errors import BadInput

EXACT_QUBITS = 12  # 4,096 amplitudes: about a second of Lanczos for a molecule
DENSE_QUBITS = 7  # below this a dense eigenvalue problem is the faster one


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


def apply(hamiltonian: Hamiltonian, state: State) -> State:
    """Return H|state>; `state` is (2**n_qubits,) with qubit 0 in the most significant bit."""
    return _apply(_diagonals(hamiltonian), state)


def expectation(hamiltonian: Hamiltonian, state: State) -> float:
    """Return <state|H|state> for a normalised state."""
    return float(np.vdot(state, apply(hamiltonian, state)).real)


def lowest_energy(hamiltonian: Hamiltonian) -> float:
    """Return the lowest eigenvalue, by a dense solver or by Lanczos from a fixed start.

    Raises:
        BadInput: there are more qubits than `EXACT_QUBITS`.
    """
    if hamiltonian.n_qubits > EXACT_QUBITS:
        message = (
            f"The exact energy is computed up to {EXACT_QUBITS} qubits; the Hamiltonian has "
            f"{hamiltonian.n_qubits}. Give the energy in the problem file as exact_energy."
        )
        raise BadInput(message)
    parts = _diagonals(hamiltonian)
    size = 2**hamiltonian.n_qubits
    if hamiltonian.n_qubits <= DENSE_QUBITS:
        return float(np.linalg.eigvalsh(_dense(parts, size))[0])
    return _lanczos(parts, size)


def _diagonals(hamiltonian: Hamiltonian) -> dict[int, State]:
    """Add up the terms that flip the same bits: H|i> = sum over flips of d[i] |i ^ flips>."""
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


def _dense(parts: dict[int, State], size: int) -> State:
    index = np.arange(size)
    matrix = np.zeros((size, size), dtype=complex)
    for flips, part in parts.items():
        matrix[index ^ flips, index] += part
    return matrix


def _lanczos(parts: dict[int, State], size: int) -> float:
    from scipy.sparse.linalg import LinearOperator, eigsh

    def multiply(vector: State) -> State:
        return _apply(parts, vector.ravel())

    # A random start overlaps the ground state whatever its symmetry; a fixed seed repeats it.
    start = np.random.default_rng(0).normal(size=size)
    operator = LinearOperator((size, size), matvec=multiply, dtype=complex)
    return float(eigsh(operator, k=1, which="SA", v0=start, return_eigenvectors=False)[0])
