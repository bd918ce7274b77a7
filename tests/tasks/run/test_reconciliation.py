"""Reconciliation buys nothing, loses nothing, and has nothing left to do when it is repeated."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.journal.journal import Journal
from datasets.records.executions import ExecutionId, ExecutionState, RunId
from datasets.records.runs import Run, RunState
from tasks.backends.protocol import Outcome
from tasks.context.run_lock import claim, is_held, release
from tasks.errors import BadInput, ExecutionFailed
from tasks.execution.inspection import Found
from tasks.run.reconciliation import reconcile
from tasks.run.reconciliation_report import Reconciliation, plain, sentences
from tests.tasks.execution.fake_target import (
    NOW,
    WEEK,
    Place,
    Target,
    Task,
    a_place,
    a_run,
    an_execution,
    everything,
    outstanding,
)

HISTORIES = [
    "meant", "lost", "bought", "finished", "partial", "failed", "cancelled",
    "given up", "orphan", "collected", "landed", "settled",
]  # fmt: skip
RUN_STATES = [RunState.RUNNING, RunState.FAILED, RunState.CANCELLED, RunState.COMPLETED]
a_past = st.tuples(
    st.sampled_from(RUN_STATES), st.lists(st.sampled_from(HISTORIES), max_size=4), st.booleans()
)


@contextmanager
def places(**targets: Target) -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp())
    place = a_place(folder, **targets)
    yield place
    place.journal.close()
    shutil.rmtree(folder)


def found(place: Place) -> Reconciliation:
    return reconcile(place, within=WEEK)


def live(place: Place, run: Run, history: list[str]) -> None:
    """Have a run live through what a process can leave behind."""
    place.journal.begin(run)
    for number, past in enumerate(history):
        _live(place, run, number, past)


def _live(place: Place, run: Run, number: int, past: str) -> None:
    journal, target = place.journal, place.backend(run)
    execution = an_execution(number, run=run)
    journal.intend(execution, reserve=True)
    if past in {"given up", "orphan"}:
        journal.abandon(execution.execution_id, reason="it was not listed")
    if past in {"meant", "given up"}:
        return
    handle = target.submit(execution)
    if past in {"lost", "orphan"}:
        return
    journal.submitted(execution.execution_id, handle)
    _end(target, handle, past)
    _go_on(journal, execution.execution_id, target.tasks[handle].outcome, past)


def _end(target: Target, handle: str, past: str) -> None:
    match past:
        case "finished" | "collected" | "landed" | "settled":
            target.finish(handle)
        case "partial":
            target.finish(handle, 10, 3)
        case "failed":
            target.end(handle, ExecutionState.FAILED, 4)
        case "cancelled":
            target.end(handle, ExecutionState.CANCELLED)


def _go_on(journal: Journal, one: ExecutionId, outcome: Outcome | None, past: str) -> None:
    if outcome is None or past not in {"collected", "landed", "settled"}:
        return
    journal.completed(
        one, state=outcome.state, shots_returned=20, started_at=NOW, ended_at=NOW,
        calibration_id_end=None, charged_usd=outcome.charged_usd,
    )  # fmt: skip
    if past != "collected":
        journal.landed([one])
    if past == "settled":
        journal.settle([one])


@pytest.mark.slow
@settings(max_examples=settings().max_examples // 2)  # each builds a home
@given(st.lists(a_past, min_size=1, max_size=3))
def test_nothing_is_bought_and_the_second_time_nothing_changes(
    pasts: list[tuple[RunState, list[str], bool]],
) -> None:
    with places() as place:
        for number, (state, history, unwanted) in enumerate(pasts):
            live(place, a_run(number), history)
            if state is not RunState.RUNNING:
                place.journal.end(a_run(number).run_id, state)
            if unwanted:
                place.journal.request_cancel(a_run(number).run_id)
        target = place.backend(a_run())
        sold = len(target.tasks)
        found(place)
        before, landed = everything(place.journal), dict(place.lake.landed)  # type: ignore[attr-defined]
        again = found(place)
        assert everything(place.journal) == before
        assert place.lake.landed == landed  # type: ignore[attr-defined]
        assert {sighting.found for sighting in again.sightings} <= {Found.RUNNING}
        assert len(target.tasks) == sold
        assert not again.silent
        check_truth(place, pasts)


def check_truth(place: Place, pasts: list[tuple[RunState, list[str], bool]]) -> None:
    """Hold the journal against what the target has."""
    target = place.backend(a_run())
    for number, (state, _, unwanted) in enumerate(pasts):
        run = place.journal.run(a_run(number).run_id)
        entries = place.journal.executions(run.run_id)
        for entry in entries:
            assert [t.handle for t in target.of(entry.execution)] == (
                [entry.handle] if entry.handle else []
            )
            assert entry.state is not ExecutionState.INTENT
        held = outstanding(place.journal, run.run_id)
        open_ids = {
            e.execution.execution_id for e in entries if e.state is ExecutionState.SUBMITTED
        }
        assert {i for i, usd in held.items() if usd} == open_ids
        completed = state is RunState.COMPLETED
        assert run.state is (RunState.CANCELLED if unwanted and not completed else state)
        if run.state is not RunState.RUNNING:
            assert run.cost_usd == sum((e.charged_usd or Decimal(0) for e in entries), Decimal(0))
    spent = [row["usd"] for row in place.lake.rows("spend") if row["kind"] == "settle"]  # type: ignore[attr-defined]
    if all(state is not RunState.RUNNING for state, _, _ in pasts):
        assert sum(spent, Decimal(0)) == target.charged()


def test_what_was_found_is_said_in_json_and_in_words() -> None:
    with places() as place:
        live(place, a_run(), ["meant", "lost", "bought", "finished"])
        result = found(place)
        assert [s["found"] for s in plain(result)["given_up"]] == ["given_up"]
        assert [len(plain(result)[way]) for way in ("adopted", "running", "ended")] == [1, 2, 1]
        assert len(list(sentences(result))) == 5
        assert all("\n" not in line for line in sentences(result))


def test_strays_are_told_from_second_tasks_and_left_alone() -> None:
    with places() as place:
        target, theirs = place.backend(a_run()), a_run(9)
        live(place, a_run(), ["bought"])
        target.submit(an_execution(0, run=theirs))
        mine = an_execution(0)
        target.tasks["twice"] = Task(mine, "twice")
        found(place)
        before = everything(place.journal)
        result = found(place)
        assert sorted((s.task.handle, s.known) for s in result.strays) == [
            ("task-1", False),
            ("twice", True),
        ]
        assert everything(place.journal) == before
        assert all(target.tasks[name].outcome is None for name in ("task-1", "twice"))
        assert "a second task for execution" in "\n".join(sentences(result))


def test_a_run_that_somebody_works_on_is_left_alone() -> None:
    with places() as place:
        live(place, a_run(), ["meant", "orphan", "finished"])
        claim(a_run().run_id, home=place.home)
        before = everything(place.journal)
        result = found(place)
        assert (result.busy, result.sightings) == ([a_run().run_id], [])
        assert everything(place.journal) == before
        assert is_held(a_run().run_id)
        release(a_run().run_id, home=place.home)
        assert len(found(place).of(Found.ADOPTED)) == 1


def test_a_silent_region_is_asked_once_and_keeps_nothing_from_the_others() -> None:
    here, there = Target(), Target(silent=True)
    with places(here=here, there=there) as place:
        for number, name in enumerate(["there", "here", "there"]):
            run = a_run(number, target=name)
            there.silent = False
            live(place, run, ["finished", "meant"])
            place.journal.end(run.run_id, RunState.FAILED)
        there.silent, there.calls = True, []
        result = found(place)
        assert [silence.run_id for silence in result.silent] == [
            "",
            a_run(0).run_id,
            a_run(2).run_id,
        ]
        assert there.calls == ["sold"]
        assert len(result.of(Found.ENDED)) == len(result.of(Found.GIVEN_UP)) == 1
        assert place.journal.run(a_run(1).run_id).cost_usd == Decimal("0.20")


def test_one_result_that_cannot_be_read_keeps_nothing_from_the_others() -> None:
    class Damaged(Target):
        def look(self, handle: str) -> None:
            if handle == "task-0":
                message = "the result is gone"
                raise ExecutionFailed(message)
            return super().look(handle)  # type: ignore[return-value]

    with places(fake=Damaged()) as place:
        live(place, a_run(), ["finished", "finished"])
        result = found(place)
        assert [silence.reason for silence in result.silent] == ["the result is gone"]
        assert [sighting.handle for sighting in result.of(Found.ENDED)] == ["task-1"]


def test_a_run_whose_region_cannot_be_told_keeps_nothing_from_the_others() -> None:
    class Astray(Place):
        def region(self, run: Run) -> str:
            if run.target == "lost":
                message = "no AWS region is set"
                raise BadInput(message)
            return Place.region(self, run)

        def backend(self, run: Run) -> Target:
            self.region(run)
            return Place.backend(self, run)

    with places(fake=Target(), lost=Target()) as place:
        live(place, a_run(0), ["finished"])
        live(place, a_run(1, target="lost"), ["meant"])
        astray = Astray(place.home, place.journal, place.lake, place.targets)
        result = reconcile(astray, within=WEEK)
        assert len(result.of(Found.ENDED)) == 1
        assert [silence.run_id for silence in result.silent] == [a_run(1).run_id]


def test_an_intent_is_given_up_once_the_target_would_list_it() -> None:
    target = Target(lag=timedelta(minutes=5), late=True)
    with places(fake=target) as place:
        live(place, a_run(), ["lost"])
        found(place)
        before = everything(place.journal)
        for _ in range(2):
            assert [s.found for s in found(place).sightings] == [Found.OPEN]
            assert everything(place.journal) == before
        target.tasks["task-0"].listed = True
        assert [s.found for s in found(place).sightings] == [Found.ADOPTED, Found.RUNNING]


def test_a_task_that_turns_up_after_its_run_was_cancelled_is_cancelled() -> None:
    with places() as place:
        live(place, a_run(), ["orphan"])
        place.journal.request_cancel(a_run().run_id)
        place.journal.end(a_run().run_id, RunState.CANCELLED)
        found(place)
        outcome = place.backend(a_run()).tasks["task-0"].outcome
        assert outcome
        assert outcome.state is ExecutionState.CANCELLED


def test_a_run_that_ended_while_it_was_looked_up_keeps_its_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with places() as place:
        live(place, a_run(), ["finished"])
        place.journal.end(a_run().run_id, RunState.FAILED)
        stale = place.journal.unsettled()
        place.journal.begin(a_run())
        place.journal.end(a_run().run_id, RunState.COMPLETED, result="{}")
        monkeypatch.setattr(place.journal, "unsettled", lambda: stale)
        found(place)
        run = place.journal.run(RunId(a_run().run_id))
        assert (run.state, run.result) == (RunState.COMPLETED, "{}")


def test_what_a_dead_run_has_spent_is_in_the_lake_before_it_is_resumed() -> None:
    with places() as place:
        live(place, a_run(), ["finished", "bought"])
        found(place)
        kinds = [row["kind"] for row in place.lake.rows("spend")]  # type: ignore[attr-defined]
        assert sorted(kinds) == ["reserve", "reserve", "settle"]
        assert place.journal.run(a_run().run_id).state is RunState.RUNNING


def test_where_nobody_charges_open_work_is_closed_and_no_region_is_searched() -> None:
    with places(fake=Target(charges=False)) as place:
        place.journal.begin(a_run())
        place.journal.intend(an_execution())
        assert [s.found for s in found(place).sightings] == [Found.GIVEN_UP]
        assert place.backend(a_run()).calls == ["find"]
        assert found(place) == Reconciliation()
