"""Pauli strings: masks and phases against matrices."""

from functools import reduce

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.physics.pauli import State, diagonal, masks, weight

MATRICES = {
    "I": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]).astype(complex),
}
strings = st.text("IXYZ", min_size=3, max_size=3)


def matrix(pauli: str) -> State:
    return reduce(np.kron, (MATRICES[letter] for letter in pauli))


@given(strings)
def test_masks_and_diagonal_rebuild_the_matrix_with_qubit_0_leftmost(pauli: str) -> None:
    flips, _ = masks(pauli)
    index = np.arange(8)
    built = np.zeros((8, 8), dtype=complex)
    built[index ^ flips, index] = diagonal(pauli)
    assert np.allclose(built, matrix(pauli))


def test_weight_counts_the_letters_that_act() -> None:
    assert weight("XIZY") == 3
