"""The lowest eigenvalue: against a dense solver of the whole matrix, whatever its blocks are."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from datasets.records.problems import Hamiltonian
from tasks.core.physics.hamiltonian import apply, merge
from tasks.core.physics.spectrum import conserves_electrons, lowest_energy
from tasks.errors import BadInput

N_QUBITS = 8  # more states than the dense solver takes


@st.composite
def hamiltonians(draw: st.DrawFn, letters: str = "IXYZ", n_qubits: int = N_QUBITS) -> Hamiltonian:
    """Draw a sum of few terms, which has many degenerate and invariant subspaces."""
    string = st.text(letters, min_size=n_qubits, max_size=n_qubits)
    terms = draw(st.lists(st.tuples(string, st.floats(-2, 2)), min_size=1, max_size=6))
    return merge(terms, n_qubits=n_qubits)


def matrix(hamiltonian: Hamiltonian) -> np.ndarray:
    """Return the whole matrix, column by column."""
    unit = np.eye(2**hamiltonian.n_qubits, dtype=complex)
    return np.stack([apply(hamiltonian, column) for column in unit], axis=1)


def sector(n_electrons: int, n_qubits: int) -> np.ndarray:
    """Return the basis states of one electron number."""
    return np.flatnonzero(np.bitwise_count(np.arange(2**n_qubits)) == n_electrons)


@given(hamiltonians())
def test_the_lowest_energy_is_that_of_the_whole_matrix(hamiltonian: Hamiltonian) -> None:
    expected = np.linalg.eigvalsh(matrix(hamiltonian))[0]
    assert lowest_energy(hamiltonian) == pytest.approx(expected, abs=1e-9)


@given(hamiltonians("IZ", 12))
@example(merge([("I" * 12, 0.5), ("ZZ" + "I" * 10, -0.5)], n_qubits=12))
@example(merge([("I" * 8, 0.5), ("ZZ" + "I" * 6, -0.5)], n_qubits=8))
def test_a_diagonal_sum_has_the_lowest_of_its_diagonal(hamiltonian: Hamiltonian) -> None:
    diagonal = apply(hamiltonian, np.ones(2**hamiltonian.n_qubits, dtype=complex))
    assert lowest_energy(hamiltonian) == diagonal.real.min()


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.floats(-2, 2)), max_size=8),
    st.integers(0, 9),
)
def test_of_an_electron_number_it_is_that_of_its_states_alone(
    hops: list[tuple[int, int, float]], n_electrons: int
) -> None:
    terms = [("Z" + "I" * 8, 0.7)]
    for one, other, weight in hops:  # XX + YY moves one electron between two orbitals
        for letter in "XY" if one != other else "Z":
            pauli = "".join(letter if q in {one, other} else "I" for q in range(9))
            terms.append((pauli, weight))
    hamiltonian = merge(terms, n_qubits=9)
    assert conserves_electrons(hamiltonian)
    chosen = sector(n_electrons, 9)
    expected = np.linalg.eigvalsh(matrix(hamiltonian)[np.ix_(chosen, chosen)])[0]
    found = lowest_energy(hamiltonian, n_electrons=n_electrons)
    assert found == pytest.approx(expected, abs=1e-9)
    assert found >= lowest_energy(hamiltonian) - 1e-9


def test_a_field_that_makes_electrons_has_no_energy_of_an_electron_number() -> None:
    field = merge([("XI", 1.0), ("ZI", 0.5)], n_qubits=2)
    assert not conserves_electrons(field)
    with pytest.raises(BadInput, match="does not conserve the electron number"):
        lowest_energy(field, n_electrons=1)


def test_the_exact_energy_of_a_large_hamiltonian_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="up to 12 qubits; the Hamiltonian has 13"):
        lowest_energy(merge([("Z" * 13, 1.0)], n_qubits=13))
