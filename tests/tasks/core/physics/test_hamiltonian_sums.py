"""Sums of Pauli strings: canonical form, expectation."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.physics.hamiltonian import apply, constant, expectation, merge
from tasks.core.physics.spectrum import lowest_energy

pairs = st.lists(
    st.tuples(st.text("IXYZ", min_size=3, max_size=3), st.integers(-3, 3).map(float)), max_size=12
)


@given(pairs, st.randoms())
def test_the_canonical_form_does_not_depend_on_the_order_of_the_terms(
    terms: list[tuple[str, float]], random: Random
) -> None:
    shuffled = list(terms)
    random.shuffle(shuffled)
    assert merge(terms, n_qubits=3) == merge(shuffled, n_qubits=3)


@given(pairs)
def test_merging_is_idempotent_and_leaves_no_zeros_and_no_doubles(
    terms: list[tuple[str, float]],
) -> None:
    once = merge(terms, n_qubits=3)
    again = merge([(t.pauli, t.coefficient) for t in once.terms], n_qubits=3)
    assert again == once
    assert all(t.coefficient != 0 for t in once.terms)
    assert len({t.pauli for t in once.terms}) == len(once.terms)


@given(pairs)
def test_no_state_has_less_energy_than_the_lowest(terms: list[tuple[str, float]]) -> None:
    ham = merge(terms, n_qubits=3)
    state = np.random.default_rng(1).normal(size=8) + 0j
    state /= np.linalg.norm(state)
    assert expectation(ham, state) >= lowest_energy(ham) - 1e-9


@given(pairs)
def test_the_operator_is_hermitian(terms: list[tuple[str, float]]) -> None:
    ham = merge(terms, n_qubits=3)
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 8)) + 1j * rng.normal(size=(2, 8))
    assert np.isclose(np.vdot(a, apply(ham, b)), np.vdot(apply(ham, a), b))


def test_the_identity_is_the_constant() -> None:
    ham = merge([("II", 2.0), ("ZI", 1.0), ("II", 0.5)], n_qubits=2)
    assert constant(ham) == 2.5
    assert lowest_energy(ham) == pytest.approx(1.5)
