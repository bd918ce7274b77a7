"""A target in memory that loses answers, lists late and falls silent, and a home around it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from datasets.devices.catalogue import resolve
from datasets.home import Home
from datasets.journal.journal import Journal
from datasets.journal.rows import Entry
from datasets.journal.tables import metadata
from datasets.lake.lake import Lake
from datasets.lake.landed_rows import TOLD_BY
from datasets.records.circuits import Circuit
from datasets.records.compiled import CompiledId
from datasets.records.devices import CalibrationId, DeviceSnapshot
from datasets.records.executions import (
    Executable,
    Execution,
    ExecutionId,
    ExecutionState,
    Failure,
    Purpose,
    RunId,
)
from datasets.records.runs import Run
from tasks.backends.protocol import Histogram, Outcome, Seller, Sold
from tasks.context.dispatch import Dispatch
from tasks.context.pins import Pins
from tasks.context.runtime import Runtime
from tasks.core.planning.actions import Unit, program_set, units
from tasks.errors import Unavailable

NOW = datetime(2026, 5, 5, tzinfo=UTC)
WEEK = timedelta(days=7)
PRICE = Decimal("0.01")  # a shot; a task that returns nothing is free
SILENT = Unavailable("GetQuantumTask", "ConnectionError", "the target does not answer")
AGAIN = Failure("the laser drifted", retryable=True)
NEVER = Failure("the trap is broken", retryable=False)


def a_run(number: int = 0, *, target: str = "fake") -> Run:
    return Run(RunId(f"{number:032x}"), "vqe", "team", target, 1, "{}", NOW)


def an_execution(number: int = 0, *, run: Run | None = None) -> Execution:
    of = run or a_run()
    return Execution(
        execution_id=ExecutionId(f"{int(of.run_id, 16):08x}{number:032x}"),
        run_id=of.run_id,
        target=of.target,
        compiled_id=CompiledId("c" * 64),
        calibration_id=CalibrationId("d" * 64),
        action=program_set([Unit(f"circuit {number}", ()), Unit("another", ())]),
        shots=20,
        seed=1,
        executables=(Executable(0, "Z", "raw", 1), Executable(1, "Z", "raw", 1)),
        purpose=Purpose.ITERATION,
        iteration=0,
        cost_usd=PRICE * 20,
    )


def histogram(shots: int, failure: Failure | None = None) -> Histogram:
    seen = [0] if shots else []
    return Histogram(
        1, np.array(seen, np.uint64), np.array([shots][: len(seen)], np.uint32), failure
    )


@dataclass
class Task:
    """What the target sold, and how it stands."""

    execution: Execution
    handle: str
    listed: bool = True
    outcome: Outcome | None = None
    histograms: tuple[Histogram, ...] = ()


@dataclass
class Target:
    """A backend that counts what it sells.

    Its token and its list each fail to protect alone: a task that is listed is sold again to the
    same token, one that is not listed yet is not found by its tag.
    """

    charges: bool = True
    lag: timedelta = timedelta(0)
    time: datetime = NOW  # by its own clock
    late: bool = False  # whether what is sold is listed only later
    silent: bool = False
    deaf: bool = False  # whether running tasks cannot be cancelled
    losing: bool = False  # whether the next purchase succeeds without an answer
    calibrated: str | None = "d" * 64
    tasks: dict[str, Task] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    settled: bool = True  # whether a task ends as soon as somebody waits for it

    def of(self, execution: Execution) -> list[Task]:
        """Return what was sold for an execution."""
        wanted = execution.execution_id
        return [t for t in self.tasks.values() if t.execution.execution_id == wanted]

    def finish(self, handle: str, *shots: int, failure: Failure | None = None) -> None:
        """End a task: `shots[i]` of its i-th executable came back, by default all."""
        task = self.tasks[handle]
        count = len(units(task.execution.action))
        each = task.execution.shots // count
        seen = shots or (each,) * count
        task.histograms = tuple(histogram(n, None if n else failure) for n in seen)
        whole = sum(seen) == task.execution.shots
        state = ExecutionState.COMPLETED if whole else ExecutionState.PARTIAL
        self.end(handle, state, sum(seen))

    def end(self, handle: str, state: ExecutionState, shots: int = 0) -> None:
        """End a task in one of the four ways."""
        failure = None if state is ExecutionState.COMPLETED else f"it ended {state}"
        self.tasks[handle].outcome = Outcome(
            state,
            shots,
            NOW,
            NOW,
            self.calibrated,
            failure,
            PRICE * shots if self.charges else None,
        )

    def charged(self) -> Decimal:
        """Return what all that has ended cost."""
        ended = [task.outcome for task in self.tasks.values() if task.outcome]
        return sum((o.charged_usd or Decimal(0) for o in ended), Decimal(0))

    def validate(self, circuit: Circuit) -> None:
        """Take everything."""

    def find(self, execution: Execution) -> str | None:
        self._answer("find")
        return next((task.handle for task in self.of(execution) if task.listed), None)

    def submit(self, execution: Execution) -> str:
        self._answer("submit")
        for task in self.of(execution):
            if not task.listed:
                return task.handle  # by its token
        handle = f"task-{len(self.tasks)}"
        self.tasks[handle] = Task(execution, handle, listed=not self.late)
        if self.losing:
            self.losing = False
            raise SILENT
        return handle

    def look(self, handle: str) -> Outcome | None:
        self._answer("look")
        return self.tasks[handle].outcome

    def wait(self, handle: str, *, between: Callable[[], None]) -> Outcome:
        between()
        if self.tasks[handle].outcome is None and self.settled:
            self.finish(handle)
        outcome = self.look(handle)
        if outcome is None:
            raise SILENT
        return outcome

    def cancel(self, handle: str) -> None:
        self._answer("cancel")
        if self.tasks[handle].outcome is None and not self.deaf:
            self.end(handle, ExecutionState.CANCELLED)

    def now(self) -> datetime:
        return self.time

    def sold(self, within: timedelta) -> tuple[Sold, ...]:
        self._answer("sold")
        del within
        return tuple(
            Sold(t.execution.execution_id, t.execution.run_id, t.handle, "queued", NOW)
            for t in self.tasks.values()
            if t.listed
        )

    def calibration(self) -> str | None:
        return self.calibrated

    def fetch(self, handle: str) -> tuple[Histogram, ...]:
        self._answer("fetch")
        return self.tasks[handle].histograms

    def discard(self, handle: str) -> None:
        assert handle in self.tasks

    def _answer(self, call: str) -> None:
        self.calls.append(call)
        if self.silent:
            raise SILENT


@dataclass(frozen=True, slots=True)
class Shelf(Lake):
    """A lake that only checks that nothing that was landed changes."""

    landed: dict[tuple[str, ...], list[Mapping[str, Any]]] = field(default_factory=dict)

    def land_all(
        self, batches: Mapping[str, Sequence[Any]], *, run_id: str, once_in: Sequence[str] = ()
    ) -> tuple[Any, ...]:
        for table, items in batches.items():
            for key, given in items:
                assert key[0] == run_id
                rows = given.to_pylist() if isinstance(given, pa.Table) else list(given)
                if once_in and table in TOLD_BY:
                    held = self._held(table, but=(table, *key))
                    rows = [row for row in rows if _told(table, row) not in held]
                if rows:
                    assert self.landed.setdefault((table, *key), rows) == rows
        return ()

    def rows_of(self, table: str, folder: str) -> list[dict[str, Any]]:
        places = (key for key in self.landed if key[:2] == (table, folder))
        return [dict(row) for key in places for row in self.landed[key]]

    def folders(self, table: str) -> frozenset[str]:
        return frozenset(key[1] for key in self.landed if key[0] == table)

    def _held(self, table: str, *, but: tuple[str, ...]) -> set[tuple[Any, ...]]:
        places = (key for key in self.landed if key[0] == table and key != but)
        return {_told(table, row) for key in places for row in self.landed[key]}

    def rows(self, table: str) -> list[Mapping[str, Any]]:
        """Return all rows of a table."""
        return [row for key, rows in self.landed.items() if key[0] == table for row in rows]


def _told(table: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in TOLD_BY[table])


@dataclass(frozen=True, slots=True)
class Place(Runtime):
    """A home whose runs all buy at one fake target, or by their own target's name."""

    targets: dict[str, Target] = field(default_factory=dict)

    def backend(self, run: Run) -> Target:
        return self.targets[run.target]

    def region(self, run: Run) -> str:
        return run.target if self.targets[run.target].charges else ""

    def further_sellers(self) -> Mapping[str, Seller]:
        return {}

    def snapshot(self, run: Run) -> DeviceSnapshot:
        del run
        return resolve("emulator:garnet")


def a_journal() -> Journal:
    """Return an empty journal in memory, without going through its migrations."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    return Journal(engine)


def a_place(folder: Path, **targets: Target) -> Place:
    """Return an empty home at `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return Place(Home(folder), a_journal(), Shelf("shelf", folder), targets or {"fake": Target()})


def pins_at(folder: Path) -> Pins:
    """Return the inputs of a run that has just begun, with the copies that `folder` has already."""
    place, run = a_place(folder), a_run()
    place.journal.begin(run)
    return place.pins(run.run_id)


def through(place: Place, run: Run) -> Dispatch:
    """Return what the executions of `run` go through."""
    return Dispatch(run.run_id, place.journal, place.backend(run), place.snapshot(run))


def everything(journal: Journal) -> dict[str, list[Any]]:
    """Return every row of every table."""
    with journal._reading() as connection:  # noqa: SLF001 - all of it, past every verb
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table))))
            for table in metadata.sorted_tables
        }


def outstanding(journal: Journal, run_id: RunId) -> dict[str, Decimal]:
    """Return USD that are set aside and neither spent nor given back, by execution."""
    held: dict[str, Decimal] = {}
    for _, entries in journal.sealed_spend(run_id):
        for entry in entries:
            sign = 1 if entry.kind == "reserve" else -1
            held[entry.execution_id] = held.get(entry.execution_id, Decimal(0)) + sign * entry.usd
    return held


def in_state(journal: Journal, run: Run, state: ExecutionState) -> list[Entry]:
    """Return the executions of a run in one state."""
    return [entry for entry in journal.executions(run.run_id) if entry.state is state]


def costing(execution: Execution, usd: str) -> Execution:
    """Return the execution at another price."""
    return replace(execution, cost_usd=Decimal(usd))
