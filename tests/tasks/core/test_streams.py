"""Streams: the same again for the same work, independent for any other."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.executions import RunId
from datasets.records.problems import Problem
from datasets.records.runs import Run
from tasks.backends.engine.sampling import draw
from tasks.core.physics.ansatz import build
from tasks.core.physics.hamiltonian import merge
from tasks.core.streams import stream_seed

RUN = Run(RunId("a" * 32), "vqe", "team", "local:sv", 7, "{}", datetime(2026, 5, 5, tzinfo=UTC))
CONTENT = st.lists(st.text(max_size=5) | st.integers() | st.floats(-9, 9), max_size=3)


@given(CONTENT, CONTENT, st.integers(0, 2**63 - 1))
def test_a_stream_is_fixed_by_seed_and_content_alone(
    one: list[object], other: list[object], seed: int
) -> None:
    again = replace(RUN, run_id=RunId("b" * 32), started_at=datetime.now(UTC))
    assert stream_seed(RUN, *one) == stream_seed(again, *one)
    assert (stream_seed(RUN, *one) == stream_seed(RUN, *other)) == (repr(one) == repr(other))
    if seed != RUN.seed:
        assert stream_seed(replace(RUN, seed=seed), *one) != stream_seed(RUN, *one)


def test_a_run_of_before_keeps_its_seed() -> None:
    assert stream_seed(replace(RUN, streams=1), "anything") == RUN.seed


def problem(field: float) -> Problem:
    """Return one of a scan: the same circuit measures it, with other coefficients."""
    return Problem("scan", merge([("Z", 1.0), ("X", field)], n_qubits=1), None, None, "a test")


def test_the_errors_of_a_scan_over_problems_with_one_seed_are_independent() -> None:
    fields, shots = np.linspace(0.1, 2.0, 400), 1000
    seeds = [
        stream_seed(RUN, build(problem(field), kind="hea", layers=1).program_id, RUN.target)
        for field in fields
    ]
    half = np.array([[0.5, 0.5]])
    drawn = [draw(half, shots=shots, seed=seed, stream=0, first_point=0) for seed in seeds]
    errors = np.array([2 * found.counts[0] / shots - 1 for found in drawn]) * shots**0.5
    assert abs(errors.mean()) < 4 / len(fields) ** 0.5
    assert abs(np.mean(errors[1:] * errors[:-1])) < 4 / len(fields) ** 0.5
    assert 0.8 < errors.std() < 1.2
