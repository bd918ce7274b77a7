"""Small matrices whose entries are numbers, or one value a point, and whose zeros are known.

A plain 0 or 1 among the entries is exact, so the kernels skip the work that it would mean.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Entry = Any  # a number, or an array of (n_points,)
Entries = list[list[Entry]]

_ROUNDING = 4e-16  # what a product of exact zeros and ones may have picked up


def is_zero(entry: Entry) -> bool:
    """Whether the entry is 0 at every point, whatever the parameters."""
    return not isinstance(entry, np.ndarray) and entry == 0


def is_one(entry: Entry) -> bool:
    """Whether the entry is 1 at every point, whatever the parameters."""
    return not isinstance(entry, np.ndarray) and entry == 1


def identity(size: int) -> Entries:
    """Return the identity."""
    return [[1.0 if i == j else 0.0 for j in range(size)] for i in range(size)]


def constants(matrix: NDArray[Any]) -> Entries:
    """Return a matrix of numbers, with its zeros and ones made exact."""
    near = np.where(np.abs(matrix - np.rint(matrix.real)) < _ROUNDING, np.rint(matrix.real), matrix)
    found: Entries = near.tolist()
    return found


def product(left: Entries, right: Entries) -> Entries:
    """Return the matrix product, point by point."""
    rows = [[(k, e) for k, e in enumerate(row) if not is_zero(e)] for row in right]
    found: Entries = [[0.0] * len(right) for _ in left]
    for i, row in enumerate(left):
        for k, entry in enumerate(row):
            if not is_zero(entry):
                for j, other in rows[k]:
                    part = _times(entry, other)
                    found[i][j] = part if is_zero(found[i][j]) else found[i][j] + part
    return found


def adjoint(matrix: Entries) -> Entries:
    """Return the conjugate transpose."""
    size = len(matrix)
    return [[np.conjugate(matrix[j][i]) for j in range(size)] for i in range(size)]


def power(matrix: Entries, exponent: int) -> Entries:
    """Return the matrix multiplied with itself; a negative exponent takes the adjoint first."""
    found = identity(len(matrix))
    factor = matrix if exponent >= 0 else adjoint(matrix)
    left = abs(exponent)
    while left:
        if left % 2:
            found = product(found, factor)
        factor = product(factor, factor) if left > 1 else factor
        left //= 2
    return found


def controlled(matrix: Entries, controls: Sequence[int]) -> Entries:
    """Return the matrix that acts where the leading qubits have the values `controls`."""
    size = len(matrix)
    index = int("".join(map(str, controls)) or "0", 2)
    found = identity(size << len(controls))
    for i, row in enumerate(matrix):
        found[index * size + i][index * size : (index + 1) * size] = row
    return found


def stack(matrix: Entries, n_points: int) -> NDArray[np.complex128]:
    """Return the matrices as (n_points, size, size)."""
    size = len(matrix)
    found = np.empty((n_points, size, size), dtype=np.complex128)
    for i, row in enumerate(matrix):
        for j, entry in enumerate(row):
            found[:, i, j] = entry
    return found


def unstack(matrices: NDArray[Any]) -> Entries:
    """Return matrices of (n_points, size, size) with what is 0 at every point made exact."""
    present = ~(np.abs(matrices) <= _ROUNDING).all(axis=0)  # what is not a number is present
    size = matrices.shape[1]
    return [
        [np.ascontiguousarray(matrices[:, i, j]) if present[i, j] else 0.0 for j in range(size)]
        for i in range(size)
    ]


def blocks(matrix: Entries) -> list[tuple[int, ...]]:
    """Return the sets of indices that the matrix mixes, each sorted."""
    groups = {i: {i} for i in range(len(matrix))}
    for i, row in enumerate(matrix):
        for j, entry in enumerate(row):
            if not is_zero(entry) and groups[i] is not groups[j]:
                groups[i] |= groups[j]
                groups |= dict.fromkeys(groups[j], groups[i])
    return sorted({tuple(sorted(group)) for group in groups.values()})


def _times(a: Entry, b: Entry) -> Entry:
    if is_one(a):
        return b
    return a if is_one(b) else a * b
