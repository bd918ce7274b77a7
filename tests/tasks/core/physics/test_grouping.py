"""Measurement groups: every term once, one basis a group, as few as the literature's method."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.problems.catalogue import load
from datasets.records.problems import Hamiltonian
from tasks.core.physics.grouping import group
from tasks.core.physics.hamiltonian import merge
from tasks.core.physics.pauli import weight

hamiltonians = st.lists(
    st.tuples(st.text("IXYZ", min_size=4, max_size=4), st.floats(-2, 2).map(lambda x: round(x, 3))),
    max_size=30,
).map(lambda terms: merge(terms, n_qubits=4))


@given(hamiltonians)
def test_every_term_but_the_identity_is_in_exactly_one_group(ham: Hamiltonian) -> None:
    grouped = [term for g in group(ham) for term in g.terms]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == {t for t in ham.terms if weight(t.pauli)}


@given(hamiltonians)
def test_the_basis_spells_every_term_of_its_group_and_no_more(ham: Hamiltonian) -> None:
    for g in group(ham):
        assert all(a in ("I", b) for t in g.terms for a, b in zip(t.pauli, g.basis, strict=True))
        used = {q for t in g.terms for q, a in enumerate(t.pauli) if a != "I"}
        assert used == {q for q, a in enumerate(g.basis) if a != "I"}


@given(hamiltonians)
def test_noise_in_the_last_digits_does_not_change_the_groups(ham: Hamiltonian) -> None:
    nudged = merge(
        [(t.pauli, t.coefficient * (1 + 1e-14 * i)) for i, t in enumerate(ham.terms)], n_qubits=4
    )
    assert [g.basis for g in group(nudged)] == [g.basis for g in group(ham)]


@pytest.mark.parametrize(("name", "groups"), [("h2", 5), ("lih", 37)])
def test_molecules_have_the_expected_number_of_groups(name: str, groups: int) -> None:
    assert len(group(load(name).hamiltonian)) == groups


@given(hamiltonians)
def test_members_of_a_group_commute_qubit_by_qubit(ham: Hamiltonian) -> None:
    for g in group(ham):
        for letters in zip(*(t.pauli for t in g.terms), strict=True):
            assert len(set(letters) - {"I"}) <= 1


def test_the_norm_weighs_a_group() -> None:
    (only,) = group(merge([("ZI", 3.0), ("IZ", 4.0)], n_qubits=2))
    assert only.norm == pytest.approx(5.0)
    assert only.basis == "ZZ"
