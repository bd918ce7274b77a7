"""Z2 symmetries: all of them, and only those."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from datasets.problems.catalogue import load
from datasets.records.problems import Hamiltonian
from tasks.core.physics.hamiltonian import merge
from tasks.core.physics.symmetry import respects, z_symmetries


def commute(one: str, other: str) -> bool:
    return sum(a != b and "I" not in (a, b) for a, b in zip(one, other, strict=True)) % 2 == 0


hamiltonians = st.lists(st.text("IXYZ", min_size=4, max_size=4), max_size=6).map(
    lambda strings: merge([(s, 1.0) for s in strings], n_qubits=4)
)


@given(hamiltonians)
def test_the_generators_span_exactly_the_commuting_z_strings(ham: Hamiltonian) -> None:
    found = z_symmetries(ham)
    every = ["".join(s) for s in product("IZ", repeat=4)]
    commuting = [s for s in every if all(commute(s, t.pauli) for t in ham.terms)]
    assert len(commuting) == 2 ** len(found)
    assert set(found) <= set(commuting)


@given(hamiltonians, st.sets(st.integers(0, 3)))
def test_a_flip_respects_the_symmetries_when_no_generator_changes_sign(
    ham: Hamiltonian, qubits: set[int]
) -> None:
    symmetries = z_symmetries(ham)
    flip = "".join("X" if q in qubits else "I" for q in range(4))
    assert respects(qubits, symmetries) == all(commute(flip, s) for s in symmetries)


def test_h2_has_three_symmetries_which_forbid_its_singles() -> None:
    symmetries = z_symmetries(load("h2").hamiltonian)
    assert len(symmetries) == 3
    assert not respects((0, 2), symmetries)
    assert respects((0, 1, 2, 3), symmetries)
