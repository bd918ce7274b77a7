"""Bring the journal and the targets together again, for all runs that nobody works on."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from datasets.journal.rows import Entry
from datasets.records.executions import ExecutionId, RunId
from datasets.records.runs import Run, RunState
from tasks.backends.protocol import Backend, Sold
from tasks.core.events import emit
from tasks.errors import BadInput, Refused, Transient
from tasks.lifecycle.claims import claim, release
from tasks.lifecycle.closing import follow_up, settle
from tasks.lifecycle.landing import salvage
from tasks.lifecycle.recovery import Found, look
from tasks.lifecycle.runtime import Runtime

_REASON: Final = "the target never had it"
_WAYS: Final = {
    Found.ADOPTED: "was at the target, and is adopted",
    Found.GIVEN_UP: "never reached the target, and is given up",
    Found.ENDED: "has ended, and is settled",
    Found.RUNNING: "is still at the target",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """An execution as reconciliation found it."""

    found: str
    execution_id: str
    run_id: str
    target: str
    handle: str | None


@dataclass(slots=True)
class Reconciliation:
    """What reconciliation found. Everything but `running` and `strays` is gone when it is repeated.

    `strays` are tasks with this runtime's tags that the journal does not own: of another home, or a
    second one for an execution. `busy` are runs that a process works on, `silent` says of which
    targets nothing could be learnt, and why.
    """

    sightings: list[Sighting] = field(default_factory=list)
    strays: list[Sold] = field(default_factory=list)
    busy: list[RunId] = field(default_factory=list)
    silent: dict[str, str] = field(default_factory=dict)

    def of(self, found: Found) -> list[Sighting]:
        """Return what was found in one way."""
        return [sighting for sighting in self.sightings if sighting.found == found]


def reconcile(runtime: Runtime, *, since: datetime) -> Reconciliation:
    """Close every open intent, adopt what is ours, see what has ended, and settle it.

    Buys nothing, waits for nothing, and changes nothing when it is repeated. Tasks that were
    created before `since` are not looked through for strays.
    """
    result = Reconciliation()
    _adopt_orphans(runtime, since=since, result=result)
    for run in runtime.journal.unsettled():
        try:
            _reconcile_run(run, runtime=runtime, result=result)
        except (Transient, Refused, BadInput) as fault:
            result.silent[run.target] = str(fault)
    emit("journal.reconciled", sightings=len(result.sightings), strays=len(result.strays))
    return result


def _reconcile_run(run: Run, *, runtime: Runtime, result: Reconciliation) -> None:
    if not _claimed(run, runtime=runtime):
        result.busy.append(run.run_id)
        return
    try:
        backend = runtime.backend(run)
        for entry in runtime.journal.executions(run.run_id):
            result.sightings += _sighted(entry, runtime=runtime, backend=backend)
        if run.state in {RunState.FAILED, RunState.CANCELLED}:
            salvage(run.run_id, runtime=runtime)
        settle(run.run_id, runtime=runtime)
        if run.state is not RunState.RUNNING:
            runtime.journal.end(run.run_id, run.state)  # its cost may be known better now
            follow_up(run.run_id, runtime=runtime)
    finally:
        release(run.run_id, home=runtime.home)


def _sighted(entry: Entry, *, runtime: Runtime, backend: Backend) -> Iterator[Sighting]:
    """Look at an execution until nothing new is found: what is adopted may have ended."""
    found = look(entry, journal=runtime.journal, backend=backend, reason=_REASON)
    if found is Found.KNOWN:
        return
    now = runtime.journal.execution(entry.execution.execution_id)
    execution = entry.execution
    yield Sighting(found, execution.execution_id, execution.run_id, execution.target, now.handle)
    if found is Found.ADOPTED:
        yield from _sighted(now, runtime=runtime, backend=backend)


def _claimed(run: Run, *, runtime: Runtime) -> bool:
    try:
        claim(run.run_id, home=runtime.home)
    except BadInput:
        return False
    return True


def _adopt_orphans(runtime: Runtime, *, since: datetime, result: Reconciliation) -> None:
    """Go through what each region has of ours; what the journal gave up or lost is adopted."""
    for run in _one_a_region(runtime):
        try:
            sold = runtime.backend(run).sold(since)
        except (Transient, Refused, BadInput) as fault:
            result.silent[run.target] = str(fault)
            continue
        for task in sold:
            _place(task, runtime=runtime, result=result)


def _place(task: Sold, *, runtime: Runtime, result: Reconciliation) -> None:
    entry = runtime.journal.find_execution(ExecutionId(task.execution_id))
    if entry is None or entry.handle not in {None, task.handle}:
        result.strays.append(task)
    elif entry.abandoned:
        runtime.journal.submitted(entry.execution.execution_id, task.handle)
        target = entry.execution.target
        sighting = Sighting(
            Found.ADOPTED, task.execution_id, entry.execution.run_id, target, task.handle
        )
        result.sightings.append(sighting)


def _one_a_region(runtime: Runtime) -> Iterator[Run]:
    """Return a run for each region that has been worked in."""
    seen: set[str] = set()
    for run in runtime.journal.runs(limit=10_000):
        region = runtime.region(run)
        if region and region not in seen:
            seen.add(region)
            yield run


def plain(reconciliation: Reconciliation) -> dict[str, Any]:
    """Return what was found as plain JSON types."""
    found = {way.value: [asdict(s) for s in reconciliation.of(way)] for way in _WAYS}
    strays = [
        asdict(task) | {"created_at": task.created_at.isoformat()} for task in reconciliation.strays
    ]
    return found | {
        "strays": strays,
        "busy": list(reconciliation.busy),
        "silent": dict(reconciliation.silent),
    }


def sentences(reconciliation: Reconciliation) -> Iterator[str]:
    """Say what was found, a line each."""
    for way, text in _WAYS.items():
        for seen in reconciliation.of(way):
            where = seen.handle or seen.target
            yield f"run {seen.run_id:.8}: execution {seen.execution_id:.12} {text} ({where})"
    for task in reconciliation.strays:
        yield f"stray: {task.handle} ({task.state}) is tagged with run {task.run_id}, not ours"
    for run_id in reconciliation.busy:
        yield f"run {run_id:.8} is being worked on, and was left alone"
    for target, reason in reconciliation.silent.items():
        yield f"{target}: {reason}"
