"""Energies from tables are those of the estimator that looks at each count."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.problems.catalogue import load
from datasets.records.blocks import CountsBlock, Form
from datasets.records.executions import Counts, Executable
from tasks.core.estimation.energies import Estimator, estimator
from tasks.core.mitigation.composition import Mitigation, Sample, estimate_energy
from tasks.core.mitigation.readout import Confusion
from tasks.core.physics.grouping import group

PROBLEM = load("h2")
GROUPS = group(PROBLEM.hamiltonian)
READOUT = Mitigation.parse("readout")

rates = st.lists(st.floats(0, 0.2), min_size=4, max_size=4).map(np.array)
confusions = st.none() | st.builds(Confusion, rates, rates, st.integers(100, 10_000))
mitigations = st.sampled_from([READOUT, Mitigation.parse("none")])


def a_block(n_points: int, shots: int, seed: int) -> CountsBlock:
    rng = np.random.default_rng(seed)
    n_rows = n_points * len(GROUPS)
    drawn = [rng.multinomial(shots, rng.dirichlet(np.full(16, 0.3))) for _ in range(n_rows)]
    seen = [np.flatnonzero(row) for row in drawn]
    return CountsBlock(
        n_points=n_points,
        n_qubits=4,
        forms=tuple(Form(g.basis, "raw") for g in GROUPS),
        outcomes=np.concatenate(seen).astype(np.uint64),
        counts=np.concatenate([row[at] for row, at in zip(drawn, seen, strict=True)]).astype(
            np.uint32
        ),
        offsets=np.cumsum([0, *map(len, seen)]),
    )


def sample(block: CountsBlock, point: int, constant: float) -> Sample:
    counts = {}
    for place, form in enumerate(block.forms):
        row = point * len(block.forms) + place
        here = slice(block.offsets[row], block.offsets[row + 1])
        executable = Executable(point, form.basis, "raw", 1)
        counts[form.basis] = Counts(executable, 4, block.outcomes[here], block.counts[here])
    return Sample(GROUPS, constant, {"raw": counts})


def an_estimator(mitigation: Mitigation, confusion: Confusion | None) -> Estimator:
    return estimator(PROBLEM.hamiltonian, groups=GROUPS, mitigation=mitigation, confusion=confusion)


@given(
    n_points=st.integers(1, 4),
    shots=st.integers(1, 500),
    seed=st.integers(0, 999),
    mitigation=mitigations,
    confusion=confusions,
)
def test_tables_give_what_each_count_gives(
    n_points: int, shots: int, seed: int, mitigation: Mitigation, confusion: Confusion | None
) -> None:
    block, made = a_block(n_points, shots, seed), an_estimator(mitigation, confusion)
    for tables in (made.tables, None):  # without them, as for many qubits
        found = replace(made, tables=tables).energies(block)
        for point in range(n_points):
            alone = estimate_energy(
                sample(block, point, made.constant), mitigation=mitigation, confusion=confusion
            )
            assert found.method == alone.method
            for name in ("value", "stderr", "raw_value", "raw_stderr", "shots"):
                ours, theirs = getattr(found, name)[point], getattr(alone, name)
                assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)
