"""A flow that fails or is cancelled closes its run, unless it is not its own."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prefect.client.schemas.objects import State, StateType

from datasets.records.executions import ExecutionState
from datasets.records.runs import RunState
from tasks.context.run_lock import claim, is_held, release
from tasks.orchestration import failures
from tests.tasks.execution.fake_target import Place, a_place, a_run, an_execution

RUN = a_run()
FAILED = State(
    type=StateType.FAILED,
    message="Flow run encountered an exception: ExecutionFailed: the fridge is warm.",
)
CANCELLED = State(type=StateType.CANCELLED)
CANCELLING = State(type=StateType.CANCELLING)  # what a worker says, when the UI cancels
ENDS = [CANCELLED, CANCELLING]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    made = a_place(tmp_path)
    monkeypatch.setattr(failures, "open_runtime", lambda _: made)
    monkeypatch.setattr(failures, "_settings", lambda _: {})
    made.journal.begin(RUN)
    execution = an_execution()
    made.journal.intend(execution, reserve=True)
    handle = made.backend(RUN).submit(execution)
    made.journal.submitted(execution.execution_id, handle)
    yield made
    release(RUN.run_id, home=made.home)
    made.journal.close()


def hook(state: State[Any], run_id: str = RUN.run_id) -> None:
    failures.record_failure(None, SimpleNamespace(parameters={"run_id": run_id}, id="x"), state)  # type: ignore[arg-type]


def stands(place: Place) -> tuple[RunState, ExecutionState]:
    (entry,) = place.journal.executions(RUN.run_id)
    place.journal.find_run(RUN.run_id)
    return place.journal.run(RUN.run_id).state, entry.state


def test_a_failed_flow_says_why_and_leaves_its_work_to_be_collected(place: Place) -> None:
    claim(RUN.run_id, home=place.home)
    hook(FAILED)
    assert stands(place) == (RunState.FAILED, ExecutionState.SUBMITTED)
    assert place.journal.run(RUN.run_id).failure == "the fridge is warm."
    assert not is_held(RUN.run_id)


@pytest.mark.parametrize("state", ENDS)
def test_a_flow_cancelled_in_its_own_process_is_cancelled_at_its_target(
    place: Place, state: State[Any]
) -> None:
    claim(RUN.run_id, home=place.home)
    hook(state)
    assert stands(place) == (RunState.CANCELLED, ExecutionState.CANCELLED)
    assert not is_held(RUN.run_id)


@pytest.mark.parametrize("state", ENDS)
def test_a_flow_whose_process_the_worker_ended_is_cancelled_by_the_worker(
    place: Place, state: State[Any]
) -> None:
    hook(state)
    assert stands(place) == (RunState.CANCELLED, ExecutionState.CANCELLED)


def test_a_flow_that_stopped_because_its_run_was_cancelled_is_cancelled(place: Place) -> None:
    claim(RUN.run_id, home=place.home)
    place.journal.request_cancel(RUN.run_id)
    hook(FAILED)
    assert stands(place) == (RunState.CANCELLED, ExecutionState.CANCELLED)


def test_a_flow_that_failed_because_somebody_else_has_the_run_leaves_it_alone(
    place: Place,
) -> None:
    hook(FAILED)
    assert stands(place) == (RunState.RUNNING, ExecutionState.SUBMITTED)


@pytest.mark.parametrize("state", [FAILED, *ENDS])
def test_a_flow_that_failed_before_its_run_was_written_down_has_none(
    place: Place, state: State[Any]
) -> None:
    hook(state, run_id="f" * 32)
    assert stands(place) == (RunState.RUNNING, ExecutionState.SUBMITTED)


@pytest.mark.parametrize("state", [FAILED, *ENDS])
def test_a_run_that_was_completed_stays_so(place: Place, state: State[Any]) -> None:
    claim(RUN.run_id, home=place.home)
    place.journal.end(RUN.run_id, RunState.COMPLETED, result="{}")
    hook(state)
    assert stands(place) == (RunState.COMPLETED, ExecutionState.SUBMITTED)
