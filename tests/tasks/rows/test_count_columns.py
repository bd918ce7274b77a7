"""Counts as columns say what the executions brought, outcome by outcome."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.lake.conversion import to_table
from datasets.records.executions import Collected, Counts, Executable
from tasks.rows.counts import count_columns
from tests.tasks.execution.fake_target import an_execution

pytestmark = pytest.mark.slow  # Arrow

executables = st.builds(
    Executable,
    st.integers(0, 300),
    st.sampled_from(["ZZ", "XZ"]),
    st.sampled_from(["raw", "zne:3"]),
    st.just(1),
)
seen = st.dictionaries(st.integers(0, 2**64 - 1), st.integers(1, 2**32 - 1), max_size=4)


@st.composite
def collections(draw: st.DrawFn) -> list[Collected]:
    """Return executions of one run with their counts, of which some are empty."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        counts = [
            Counts(
                executable,
                64,
                np.array(sorted(outcomes), np.uint64),
                np.array([outcomes[one] for one in sorted(outcomes)], np.uint32),
            )
            for executable, outcomes in draw(st.lists(st.tuples(executables, seen), max_size=5))
        ]
        execution = replace(an_execution(number), executables=tuple(c.executable for c in counts))
        found.append(Collected(execution, tuple(counts)))
    return found


@given(collections())
def test_every_outcome_of_every_executable_is_a_row_in_its_place(
    collected: list[Collected],
) -> None:
    rows = [
        {
            "execution_id": item.execution.execution_id,
            "run_id": item.execution.run_id,
            "executable": place,
            "point": counts.executable.point,
            "basis": counts.executable.basis,
            "variant": counts.executable.variant,
            "n_qubits": counts.n_qubits,
            "outcome": outcome,
            "outcome_bits": None,
            "count": count,
        }
        for item in collected
        for place, counts in enumerate(item.counts)
        for outcome, count in zip(counts.outcomes.tolist(), counts.counts.tolist(), strict=True)
    ]
    assert to_table("counts", count_columns(collected)).to_pylist() == rows
