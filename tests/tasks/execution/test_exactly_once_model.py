"""Whatever is killed, lost, late, silent, cancelled or resumed, and when: bought once, never lost.

The journal and the verbs of two runs are driven in any order against a target that keeps its own
books. The target's token and its list each fail to protect alone, as fake_target.py says.
"""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from datasets.journal.rows import Entry
from datasets.records.executions import ExecutionState, Failure
from datasets.records.runs import Run, RunState
from tasks.core.planning.actions import units
from tasks.core.progress.events import Event, listening
from tasks.errors import ExecutionFailed, RunCancelled, Unavailable
from tasks.execution.executions import collect, submit
from tasks.run.cancellation import cancel_run
from tasks.run.closing import close, settle
from tasks.run.reconciliation import reconcile
from tests.tasks.execution.fake_target import (
    AGAIN,
    NEVER,
    WEEK,
    Target,
    Task,
    a_place,
    a_run,
    an_execution,
    outstanding,
    through,
)

RUNS = [a_run(0), a_run(1)]
PLANNED = {run.run_id: [an_execution(i, run=run) for i in range(2)] for run in RUNS}
TRYING = (Unavailable, RunCancelled, ExecutionFailed)
runs = st.sampled_from(RUNS)
WAYS = ["done", "again", "never", "failed", "cancelled"]


class Killed(BaseException):
    """What is raised where a process would be killed."""


class ExactlyOnce(RuleBasedStateMachine):
    """Rules are what processes, people and the target do; invariants are what was promised."""

    @initialize(late=st.booleans(), losing=st.booleans(), after=st.integers(1, 40))
    def begin(self, *, late: bool, losing: bool, after: int) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.target = Target(late=late, settled=False)
        self.place = a_place(self.folder, fake=self.target)
        self.journal = self.place.journal
        self.handles: dict[str, str] = {}
        for run in RUNS:
            self.journal.begin(run)
        self.work(RUNS[0], losing=losing, after=after)

    # Processes

    @rule(run=runs, losing=st.booleans(), after=st.integers(1, 40))
    def work(self, run: Run, *, losing: bool, after: int) -> None:
        """Take a run up: submit, collect and land, until the process is killed or gives up."""
        self.target.losing = losing
        self._doing(lambda: self._submit(run), after=after)
        self.target.losing = False

    @rule(run=runs, after=st.integers(1, 40))
    def collect_and_land(self, run: Run, after: int) -> None:
        self._doing(lambda: self._land(run), after=after)

    @rule(run=runs)
    def settle_(self, run: Run) -> None:
        settle(run.run_id, runtime=self.place)

    @rule(run=runs)
    def fail(self, run: Run) -> None:
        if self.journal.run(run.run_id).state is RunState.RUNNING:
            close(run.run_id, RunState.FAILED, runtime=self.place, failure="it was tired")

    # People

    @rule(run=runs)
    def cancel(self, run: Run) -> None:
        cancel_run(self.journal.run(run.run_id), runtime=self.place, within_s=0)

    @rule()
    def reconcile_(self) -> None:
        sold = len(self.target.tasks)
        reconcile(self.place, within=WEEK)
        assert len(self.target.tasks) == sold

    # The target

    @rule(run=runs, verb=st.sampled_from(["submit", "land", "cancel", "reconcile"]))
    def fall_silent(self, run: Run, verb: str) -> None:
        self.target.silent = True
        match verb:
            case "submit":
                self._doing(lambda: self._submit(run))
            case "land":
                self._doing(lambda: self._land(run))
            case "cancel":
                with suppress(Unavailable):
                    self.cancel(run)
            case _:
                self.reconcile_()
        self.target.silent = False

    @rule()
    def list_everything(self) -> None:
        for task in self.target.tasks.values():
            task.listed = True

    @rule(ways=st.lists(st.sampled_from(WAYS), min_size=1, max_size=4))
    def end(self, ways: list[str]) -> None:
        for task, way in zip(self._running(), cycle(ways), strict=False):
            match way:
                case "done":
                    self.target.finish(task.handle)
                case "again" | "never":
                    self._end_in_part(task, AGAIN if way == "again" else NEVER)
                case "failed":
                    self.target.end(task.handle, ExecutionState.FAILED, 3)
                case _:
                    self.target.end(task.handle, ExecutionState.CANCELLED)

    def _end_in_part(self, task: Task, failure: Failure) -> None:
        """Return all of the first executable, and nothing of what comes after it."""
        count = len(units(task.execution.action))
        first = task.execution.shots // count
        self.target.finish(task.handle, *([first] + [0] * count)[:count], failure=failure)

    # Promises

    @invariant()
    def every_execution_is_sold_once(self) -> None:
        if not hasattr(self, "place"):
            return
        sold = [task.execution.execution_id for task in self.target.tasks.values()]
        assert len(sold) == len(set(sold))

    @invariant()
    def no_handle_is_lost_or_changed(self) -> None:
        if not hasattr(self, "place"):
            return
        for entry in self._entries():
            one = entry.execution.execution_id
            assert self.handles.setdefault(one, entry.handle or "") in {entry.handle or "", ""}
            self.handles[one] = entry.handle or ""
            sold = [task.handle for task in self.target.of(entry.execution)]
            if entry.handle:
                assert sold == [entry.handle]
            else:  # meant or given up: the target may have it, where an answer was lost
                assert entry.state in {ExecutionState.INTENT, ExecutionState.CANCELLED}

    @invariant()
    def what_is_sold_is_written_down(self) -> None:
        if not hasattr(self, "place"):
            return
        known = {entry.execution.execution_id for entry in self._entries()}
        assert {t.execution.execution_id for t in self.target.tasks.values()} <= known

    @invariant()
    def only_what_may_be_tried_again_has_a_remainder(self) -> None:
        if not hasattr(self, "place"):
            return
        for task in self.target.tasks.values():
            if task.execution.parent_id:
                (parent,) = [
                    t for t in self.target.tasks.values()
                    if t.execution.execution_id == task.execution.parent_id
                ]  # fmt: skip
                assert parent.outcome
                assert parent.outcome.state is ExecutionState.PARTIAL
                assert all(h.failure is not NEVER for h in parent.histograms)

    @invariant()
    def what_may_still_be_charged_is_set_aside(self) -> None:
        if not hasattr(self, "place"):
            return
        held: dict[str, Decimal] = {}
        for run in RUNS:
            held |= outstanding(self.journal, run.run_id)
        for entry in self._entries():
            execution = entry.execution
            if entry.state in {ExecutionState.INTENT, ExecutionState.SUBMITTED}:
                assert held[execution.execution_id] == execution.cost_usd
            elif entry.abandoned or entry.state is ExecutionState.SETTLED:
                assert held[execution.execution_id] == 0

    def teardown(self) -> None:
        """End the world in peace: then the journal's books are the target's."""
        if not hasattr(self, "place"):
            return
        self.target.silent = False
        self.list_everything()
        for task in self._running():
            self.target.finish(task.handle)
        for _ in range(2):
            reconcile(self.place, within=WEEK)
        self.every_execution_is_sold_once()
        entries = self._entries()
        assert {e.handle for e in entries if e.handle} == set(self.target.tasks)
        charged = [e.charged_usd for e in entries if e.handle]
        assert None not in charged
        assert sum((usd or Decimal(0) for usd in charged), Decimal(0)) == self.target.charged()
        for run in RUNS:
            assert not any(outstanding(self.journal, run.run_id).values())
            settle(run.run_id, runtime=self.place)
        spent = [
            entry.usd
            for run in RUNS
            for _, batch in self.journal.sealed_spend(run.run_id)
            for entry in batch
            if entry.kind == "settle"
        ]
        assert sum(spent, Decimal(0)) == self.target.charged()
        self.journal.close()
        shutil.rmtree(self.folder)

    def _entries(self) -> list[Entry]:
        return [entry for run in RUNS for entry in self.journal.executions(run.run_id)]

    def _running(self) -> list[Task]:
        return [task for task in self.target.tasks.values() if task.outcome is None]

    def _submit(self, run: Run) -> None:
        self.journal.begin(run)
        submit(PLANNED[run.run_id], dispatch=through(self.place, run))

    def _land(self, run: Run) -> None:
        """Collect and land what was submitted, as a run that is taken up again does."""
        self.journal.begin(run)
        entries = self.journal.executions(run.run_id)
        whole = [e.execution for e in entries if e.handle and not e.execution.parent_id]
        for execution in whole:
            parts = collect([execution], dispatch=through(self.place, run))
            self.journal.landed([part.execution.execution_id for part in parts])

    def _doing(self, act: Callable[[], None], *, after: int = 10**9) -> None:
        """Do what a process does, until it is killed after so many events."""
        left = after

        def hear(event: Event) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed(event.name)

        with suppress(Killed, *TRYING), listening(hear):
            act()


ExactlyOnce.TestCase.settings = settings(
    deadline=None,
    max_examples=settings().max_examples // 2,  # each is a home that lives through 25 steps
    stateful_step_count=25,
)
test_whatever_happens_it_is_bought_once_and_never_lost = pytest.mark.slow(ExactlyOnce.TestCase)
