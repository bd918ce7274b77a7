"""A run that is cancelled stops at its target, and what is still charged is written down."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from datasets.records.executions import Execution, ExecutionState
from datasets.records.runs import Run, RunState
from tasks.context.run_lock import claim, is_held, release
from tasks.errors import AccessDenied, BadInput, ExecutionFailed, Unavailable
from tasks.run.cancellation import Cancellation, cancel_run
from tests.tasks.execution.fake_target import (
    Place,
    Target,
    a_place,
    a_run,
    an_execution,
    everything,
    outstanding,
)

RUN = a_run()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = a_place(tmp_path)
    made.journal.begin(RUN)
    return made


def bought(place: Place, number: int) -> str:
    """Buy an execution as a run does, and return its handle."""
    execution = meant(place, number)
    handle = place.backend(RUN).submit(execution)
    place.journal.submitted(execution.execution_id, handle)
    return handle


def meant(place: Place, number: int) -> Execution:
    execution = an_execution(number)
    place.journal.intend(execution, reserve=True)
    return execution


def cancelled(place: Place, run: Run = RUN) -> Cancellation:
    return cancel_run(place.journal.run(run.run_id), runtime=place, within_s=0)


def test_what_is_at_the_target_is_cancelled_and_what_is_not_is_given_up(place: Place) -> None:
    target = place.backend(RUN)
    target.finish(bought(place, 0))
    bought(place, 1)
    meant(place, 2)
    lost = meant(place, 3)
    target.submit(lost)
    done = cancelled(place)
    assert (done.stopping, done.cancelled, done.running, done.open) == (False, 3, (), ())
    assert done.charged_usd == Decimal("0.20")
    run = place.journal.run(RUN.run_id)
    assert (run.state, run.cost_usd) == (RunState.CANCELLED, Decimal("0.20"))
    assert set(outstanding(place.journal, RUN.run_id).values()) == {Decimal(0)}
    assert [t.outcome.state for t in target.tasks.values() if t.outcome] == [
        ExecutionState.COMPLETED, ExecutionState.CANCELLED, ExecutionState.CANCELLED,
    ]  # fmt: skip
    spent = [row["usd"] for row in place.lake.rows("spend") if row["kind"] == "settle"]  # type: ignore[attr-defined]
    assert sum(spent) == done.charged_usd


def test_twice_is_as_once(place: Place) -> None:
    bought(place, 0)
    first = cancelled(place)
    before = everything(place.journal)
    assert cancelled(place) == first
    assert everything(place.journal) == before


def test_a_completed_run_is_left_alone(place: Place) -> None:
    place.journal.end(RUN.run_id, RunState.COMPLETED, result="{}")
    before = everything(place.journal)
    with pytest.raises(BadInput, match="is completed: there is nothing left to cancel"):
        cancelled(place)
    assert everything(place.journal) == before


def test_a_run_with_nothing_at_its_target_is_cancelled_without_asking_it(place: Place) -> None:
    place.backend(RUN).silent = True
    assert not cancelled(place).stopping
    assert place.backend(RUN).calls == []
    assert place.journal.run(RUN.run_id).state is RunState.CANCELLED


def test_a_run_that_somebody_works_on_is_told_to_stop_and_dropped_at_the_target(
    place: Place,
) -> None:
    target, handle = place.backend(RUN), bought(place, 0)
    waiting = meant(place, 1)
    claim(RUN.run_id, home=place.home)
    assert cancelled(place).stopping
    assert target.tasks[handle].outcome is not None
    assert place.journal.execution(waiting.execution_id).state is ExecutionState.INTENT
    assert place.journal.run(RUN.run_id).state is RunState.RUNNING
    assert not place.journal.is_wanted(RUN.run_id)
    assert is_held(RUN.run_id)
    release(RUN.run_id, home=place.home)


def test_what_goes_on_all_the_same_is_named_and_stays_set_aside(place: Place) -> None:
    place.backend(RUN).deaf = True
    handle = bought(place, 0)
    done = cancelled(place)
    assert (done.running, done.cancelled, done.charged_usd) == ((handle,), 0, Decimal(0))
    assert list(outstanding(place.journal, RUN.run_id).values()) == [Decimal("0.20")]
    assert [run.run_id for run in place.journal.unsettled()] == [RUN.run_id]


def test_an_intent_that_may_not_be_listed_yet_stays_open(place: Place) -> None:
    place.backend(RUN).lag = timedelta(minutes=5)
    execution = meant(place, 0)
    assert cancelled(place).open == (execution.execution_id,)
    assert list(outstanding(place.journal, RUN.run_id).values()) == [Decimal("0.20")]


def test_a_silent_target_leaves_the_run_open_and_free_and_unwanted(place: Place) -> None:
    bought(place, 0)
    place.backend(RUN).silent = True
    with pytest.raises(Unavailable):
        cancelled(place)
    assert not is_held(RUN.run_id)
    assert not place.journal.is_wanted(RUN.run_id)
    place.backend(RUN).silent = False
    assert cancelled(place).cancelled == 1


def test_what_may_not_be_cancelled_keeps_nothing_else_from_it(place: Place) -> None:
    denied, other = bought(place, 0), bought(place, 1)

    class Guarded(Target):
        def cancel(self, handle: str) -> None:
            if handle == denied:
                operation, code = "CancelQuantumTask", "AccessDeniedException"
                raise AccessDenied(operation, code, "no right")
            super().cancel(handle)

    target = place.backend(RUN)
    target.__class__ = Guarded
    with pytest.raises(AccessDenied):
        cancelled(place)
    assert target.tasks[other].outcome is not None
    assert target.tasks[denied].outcome is None


def test_a_result_that_cannot_be_read_does_not_keep_a_run_open(place: Place) -> None:
    class Damaged(Target):
        def look(self, handle: str) -> None:
            message = f"the result of {handle} is gone"
            raise ExecutionFailed(message)

    handle = bought(place, 0)
    place.backend(RUN).__class__ = Damaged
    assert cancelled(place).running == (handle,)
    assert place.journal.run(RUN.run_id).state is RunState.CANCELLED


def test_a_failed_run_can_be_cancelled_and_a_cancelled_one_resumed(place: Place) -> None:
    meant(place, 0)
    place.journal.end(RUN.run_id, RunState.FAILED, failure="the disk was full")
    assert cancelled(place).cancelled == 1
    again = place.journal.begin(RUN)
    assert (again.state, again.cancel_requested_at) == (RunState.RUNNING, None)
    assert place.journal.is_wanted(RUN.run_id)
