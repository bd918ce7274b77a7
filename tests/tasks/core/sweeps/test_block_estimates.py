"""Estimates of a whole block are those of its points one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.blocks import CountsBlock, Form
from datasets.records.executions import Counts, Executable
from datasets.records.problems import PauliTerm
from tasks.core.estimation.observables import Observable, parse_observables
from tasks.core.estimation.points import estimate, groups_of
from tasks.core.mitigation import zne
from tasks.core.mitigation.composition import Mitigation, Sample, estimate_energy
from tasks.core.mitigation.readout import Confusion
from tasks.core.physics.grouping import Group

OBSERVABLES = parse_observables(
    ["Z0*Z1 + 0.5*X0 - 1.2*Z1*Z2 + Y2 + 0.25", "0.5*X0", "-1.2*Z1*Z2 + 0.5"],
    n_qubits=3,
    problem=lambda _: pytest.fail("no problem is named"),
)
GROUPS = groups_of(OBSERVABLES)
COEFFICIENTS = {term.pauli: term.coefficient for term in OBSERVABLES[0].hamiltonian.terms}
SIGNED = [
    Group(g.basis, tuple(PauliTerm(t.pauli, COEFFICIENTS[t.pauli]) for t in g.terms))
    for g in GROUPS
]
CONFUSION = Confusion(np.array([0.02, 0.01, 0.03]), np.array([0.05, 0.02, 0.04]), shots=4000)


def a_block(seed: int, *, n_points: int, forms: tuple[Form, ...], shots: int) -> CountsBlock:
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(shots, rng.dirichlet(np.full(8, 0.5)), size=n_points * len(forms))
    rows, outcomes = np.nonzero(drawn)
    lengths = np.bincount(rows, minlength=len(drawn))
    return CountsBlock(
        n_points,
        3,
        forms,
        outcomes.astype(np.uint64),
        drawn[rows, outcomes].astype(np.uint32),
        np.concatenate([[0], np.cumsum(lengths)]),
    )


def sample_of(block: CountsBlock, point: int, constant: float) -> Sample:
    counts: dict[str, dict[str, Counts]] = {}
    for number, form in enumerate(block.forms):
        row = point * len(block.forms) + number
        part = slice(block.offsets[row], block.offsets[row + 1])
        executable = Executable(point, form.basis, form.variant, 1)
        found = Counts(executable, 3, block.outcomes[part], block.counts[part])
        counts.setdefault(form.variant, {})[form.basis] = found
    return Sample(SIGNED, constant, counts)


@given(
    seed=st.integers(0, 2**32),
    n_points=st.integers(1, 5),
    shots=st.integers(20, 4000),
    names=st.sampled_from(["none", "readout", "zne", "readout,zne"]),
)
def test_a_block_is_estimated_like_its_points_one_by_one(
    seed: int, n_points: int, shots: int, names: str
) -> None:
    mitigation = Mitigation.parse(names)
    forms = tuple(
        Form(group.basis, zne.variant(scale)) for scale in mitigation.scales for group in GROUPS
    )
    block = a_block(seed, n_points=n_points, forms=forms, shots=shots)
    first, *_ = estimate(
        block, observables=OBSERVABLES, groups=GROUPS, mitigation=mitigation, confusion=CONFUSION
    )
    for point in range(n_points):
        sample = sample_of(block, point, 0.25)
        alone = estimate_energy(sample, mitigation=mitigation, confusion=CONFUSION)
        for name in ("value", "stderr", "raw_value", "raw_stderr", "overhead"):
            here, there = getattr(first, name)[point], getattr(alone, name)
            assert here == pytest.approx(there, rel=1e-9, abs=1e-12), name
        assert first.shots[point] == shots
        assert alone.shots == shots * len(forms)


def test_each_observable_is_estimated_as_if_it_were_the_only_one() -> None:
    forms = tuple(Form(group.basis, "raw") for group in GROUPS)
    block = a_block(1, n_points=3, forms=forms, shots=100)
    none = Mitigation.parse("none")

    def estimates(*observables: Observable) -> list[list[float]]:
        found = estimate(
            block, observables=observables, groups=GROUPS, mitigation=none, confusion=None
        )
        return [each.value.tolist() for each in found]

    assert estimates(*OBSERVABLES) == [estimates(each)[0] for each in OBSERVABLES]
