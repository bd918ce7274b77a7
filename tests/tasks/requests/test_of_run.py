"""What a run was asked for is read from its journal as it was asked, whichever release asked."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.executions import RunId
from datasets.records.runs import Run, named
from tasks.core.identity import canonical
from tasks.requests.of_run import REQUESTS, request_as, request_of
from tasks.requests.run import MAX_RETRIES, RunRequest
from tasks.requests.search import VqeRequest
from tasks.requests.sweep import MAX_TARGETS, SweepRequest
from tests.tasks.execution.fake_target import NOW


def a_run(flow: str, **asked: Any) -> Run:
    target = named(asked.get("target", "local:sv"))
    return Run(RunId("0" * 32), flow, "team", target, 1, canonical(asked).decode(), NOW)


@given(
    flow=st.sampled_from(sorted(REQUESTS)),
    usd=st.none() | st.decimals(0, 100_000_000, places=6),
    hours=st.none() | st.floats(0.001, 87_600),
    tags=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    seed=st.integers(0, 2**53),
)
def test_what_is_asked_is_read_again_to_the_last_digit(
    flow: str, usd: Decimal | None, hours: float | None, tags: dict[str, str], seed: int
) -> None:
    asked = REQUESTS[flow](max_usd=usd, max_calibration_age_h=hours, tags=tags, seed=seed)
    assert request_of(a_run(flow, **asked.model_dump())) == asked


@pytest.mark.parametrize("flow", REQUESTS)
def test_what_an_earlier_release_did_not_know_has_its_default(flow: str) -> None:
    found = request_of(a_run(flow, shots=7, seed=3))
    assert found == REQUESTS[flow].model_validate({"shots": 7, "seed": 3})
    assert found.retries == MAX_RETRIES


def test_what_a_later_release_would_know_is_left_out() -> None:
    assert request_of(a_run("vqe", seed=3, dream=True)) == VqeRequest(seed=3)


def test_a_run_that_was_begun_under_other_limits_stands_as_it_was_begun() -> None:
    targets = [f"emulator:d{number}" for number in range(MAX_TARGETS + 1)]
    found = request_as(SweepRequest, a_run("sweep", target=targets, retries=9, max_usd=0.1))
    assert (found.target, found.retries, found.max_usd) == (targets, 9, Decimal("0.1"))
    assert found.shots == SweepRequest().shots


def test_a_run_of_another_flow_is_told_apart() -> None:
    assert type(request_of(a_run("reconcile", seed=3))) is RunRequest
    with pytest.raises(TypeError, match="is a vqe"):
        request_as(SweepRequest, a_run("vqe"))
