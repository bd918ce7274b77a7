"""Lowest eigenvalues of Pauli sums: over all states, or over those of one electron number."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.records.problems import Hamiltonian
from tasks.core.physics.hamiltonian import diagonals
from tasks.errors import BadInput

EXACT_QUBITS = 12  # 4,096 amplitudes: about a second of Lanczos for a molecule
DENSE_STATES = 128  # up to this many a dense eigenvalue problem is the faster one
ROUNDING = 1e-12  # of the largest coefficient: what is smaller is a cancelled matrix element

Indices = NDArray[np.int64]
Values = NDArray[np.complex128]
Diagonals = dict[int, Values]  # by flipped bits, as `hamiltonian.diagonals` returns them


def lowest_energy(hamiltonian: Hamiltonian, *, n_electrons: int | None = None) -> float:
    """Return the lowest eigenvalue, among the states of `n_electrons` where that is given.

    The electron number is the Hamming weight of a basis state (Jordan-Wigner). The matrix is
    solved block by block: in an invariant subspace a Krylov method from one start misses the
    eigenvalues of the others.

    Raises:
        BadInput: more qubits than `EXACT_QUBITS`, or an electron number that is not conserved.
    """
    if hamiltonian.n_qubits > EXACT_QUBITS:
        message = (
            f"The exact energy is computed up to {EXACT_QUBITS} qubits; the Hamiltonian has "
            f"{hamiltonian.n_qubits}. Give the energy in the problem file as exact_energy."
        )
        raise BadInput(message)
    if n_electrons is not None and not conserves_electrons(hamiltonian):
        message = (
            f"The Hamiltonian does not conserve the electron number, so it has no lowest energy of "
            f"{n_electrons} electrons. Remove n_electrons, or map by jordan_wigner."
        )
        raise BadInput(message)
    states = np.arange(2**hamiltonian.n_qubits)
    if n_electrons is not None:
        states = states[np.bitwise_count(states) == n_electrons]
    parts = diagonals(hamiltonian)
    if parts.keys() <= {0}:  # diagonal
        return float(parts.get(0, np.zeros(2**hamiltonian.n_qubits))[states].real.min())
    if len(states) <= DENSE_STATES:
        return float(np.linalg.eigvalsh(_dense(parts, states))[0])
    matrix = _sparse(parts, states)
    return min(_lowest(matrix[block][:, block]) for block in _blocks(matrix))


def exact_words(energy: float | None, states: str | None) -> str:
    """Return an exact energy as people read it, with the states that it is the lowest of."""
    if energy is None:
        return "not known"
    return f"{energy:.5f} hartree" + (f" ({states})" if states else "")


def conserves_electrons(hamiltonian: Hamiltonian) -> bool:
    """Whether no matrix element joins basis states of different Hamming weight."""
    states = np.arange(2**hamiltonian.n_qubits)
    largest = max((abs(term.coefficient) for term in hamiltonian.terms), default=0.0)
    return all(
        np.all(np.abs(part[np.bitwise_count(states) != np.bitwise_count(states ^ flips)])
               <= ROUNDING * largest)
        for flips, part in diagonals(hamiltonian).items()
    )  # fmt: skip


def _entries(parts: Diagonals, states: Indices) -> Iterator[tuple[Values, Indices, Indices]]:
    """Yield values, rows and columns of the matrix among `states`, which are ascending."""
    for flips, part in parts.items():
        row = np.minimum(np.searchsorted(states, states ^ flips), len(states) - 1)
        kept = (states[row] == states ^ flips) & (part[states] != 0)
        yield part[states][kept], row[kept], np.flatnonzero(kept)


def _dense(parts: Diagonals, states: Indices) -> Values:
    matrix = np.zeros((len(states), len(states)), dtype=complex)
    for values, rows, columns in _entries(parts, states):
        matrix[rows, columns] += values
    return matrix


def _sparse(parts: Diagonals, states: Indices) -> Any:
    from scipy.sparse import csr_array

    shape = (len(states), len(states))
    found = [csr_array((v, (r, c)), shape=shape) for v, r, c in _entries(parts, states)]
    return sum(found, csr_array(shape, dtype=complex))


def _blocks(matrix: Any) -> Iterator[Indices]:
    """Yield the states of each block that no matrix element leaves."""
    from scipy.sparse.csgraph import connected_components

    count, labels = connected_components(abs(matrix), directed=False)
    order = np.argsort(labels, kind="stable")
    yield from np.split(order, np.cumsum(np.bincount(labels, minlength=count))[:-1])


def _lowest(block: Any) -> float:
    """Return the lowest eigenvalue of a block; the smaller one of two starts where it is large."""
    if block.shape[0] <= DENSE_STATES:
        return float(np.linalg.eigvalsh(block.toarray())[0])
    from scipy.sparse.linalg import eigsh

    # A random start overlaps every eigenvector; fixed seeds repeat it.
    starts = (np.random.default_rng(seed).normal(size=block.shape[0]) for seed in (0, 1))
    found = (eigsh(block, k=1, which="SA", v0=v0, return_eigenvectors=False) for v0 in starts)
    return min(float(values[0]) for values in found)
