"""Bring the journal and the targets together again, for all runs that nobody works on."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from datasets.journal.rows import Entry
from datasets.lake.views import query
from datasets.records.executions import ExecutionId, ExecutionState, RunId
from datasets.records.runs import Run, RunState
from tasks.backends.protocol import Backend, Sold
from tasks.context.runtime import Runtime
from tasks.core.progress.events import emit
from tasks.errors import AccessDenied, Refused, RuntimeFault, Throttled, Transient, Unavailable
from tasks.execution.inspection import Found, adopt, look, turn
from tasks.execution.landing import salvage
from tasks.run.cancellation import cancel_run
from tasks.run.closing import update_books
from tasks.run.openings import restore_own
from tasks.run.reconciliation_report import Reconciliation, Sighting, Silence, Stray

_REASON: Final = "the target never had it"
_MAY_BE_THERE: Final = {ExecutionState.INTENT, ExecutionState.SUBMITTED}


Sellers = Callable[[timedelta], Sequence[Sold]]
_NO_RUN: Final = "region "
_ID: Final = re.compile(r"[0-9a-f]+").fullmatch


@dataclass(frozen=True, slots=True)
class _Sweep:
    """One reconciliation; a region that did not answer is not asked again for the next run."""

    runtime: Runtime
    within: timedelta
    result: Reconciliation = field(default_factory=Reconciliation)
    unanswered: dict[str, str] = field(default_factory=dict)  # by region, why

    def hush(self, fault: RuntimeFault, *, target: str, run_id: str = "", region: str = "") -> None:
        """Write down that nothing could be learnt of a run, or of a whole region."""
        reason = str(fault)
        if isinstance(fault, Refused | Throttled | Unavailable):
            reason = fault.plainly  # the rest is for those who wait for a run
        if isinstance(fault, Transient):
            self.unanswered[region] = reason
        self.result.silent.append(Silence(run_id, target, reason))


def reconcile(runtime: Runtime, *, within: timedelta) -> Reconciliation:
    """Close every open intent, adopt what is ours, see what has ended, and settle it.

    Runs of this home that the journal has lost are written down again before.
    Buys nothing, waits for nothing, and changes nothing when it is repeated. What goes wrong with
    one run keeps no other from being looked at. A run that was to be cancelled, and whose process
    died before that, is cancelled. Strays are looked for among the tasks that
    were created within that time, by the provider's clock.
    """
    runtime.lake.check()
    sweep = _Sweep(runtime, within)
    sweep.result.restored += [run.run_id for run in restore_own(runtime)]
    _adopt_orphans(sweep)
    for run in runtime.journal.unsettled():
        with turn(run.run_id, home=runtime.home) as ours:
            if ours:
                _reconcile_run(run.run_id, sweep)
            else:
                sweep.result.busy.append(run.run_id)
    result = sweep.result
    emit("journal.reconciled", sightings=len(result.sightings), strays=len(result.strays))
    return result


def _reconcile_run(run_id: RunId, sweep: _Sweep) -> None:
    run = sweep.runtime.journal.run(run_id)  # it may have gone on before it was ours
    for here in run.apart:
        try:
            _look_at(here, sweep)
        except RuntimeFault as fault:
            region = _region(here, sweep.runtime)
            sweep.hush(fault, target=here.target, run_id=run_id, region=region)
    try:
        _close(run, sweep)
    except RuntimeFault as fault:
        sweep.hush(fault, target=run.target, run_id=run_id)


def _look_at(run: Run, sweep: _Sweep) -> None:
    """Look at every execution of the run that may be at a target.

    Raises:
        RuntimeFault: something could not be looked at; all else was, unless the target is silent.
    """
    entries = _waiting(run, runtime=sweep.runtime)
    waiting = [entry for entry in entries if entry.execution.target == run.target]
    if not waiting:
        return
    if why := sweep.unanswered.get(_region(run, sweep.runtime)):
        sweep.result.silent.append(Silence(run.run_id, run.target, why))
        return
    backend, faults = sweep.runtime.backend(run), list[RuntimeFault]()
    for entry in waiting:
        try:
            sweep.result.sightings += _sighted(entry, runtime=sweep.runtime, backend=backend)
        except Transient:
            raise
        except RuntimeFault as fault:
            faults.append(fault)
    if faults:
        raise faults[0]


def _close(run: Run, sweep: _Sweep) -> None:
    """Bring the books of the run up to what is known now."""
    runtime = sweep.runtime
    silent = any(_region(here, runtime) in sweep.unanswered for here in run.apart)
    if _is_unwanted(run, runtime=runtime) and not silent:
        cancel_run(run, runtime=runtime, within_s=0, holding=True)
        return
    if run.state in {RunState.FAILED, RunState.CANCELLED}:
        salvage(run.run_id, runtime=runtime)
    update_books(run, runtime=runtime)


def _is_unwanted(run: Run, *, runtime: Runtime) -> bool:
    """Whether something is left to do of what `qrt cancel` began."""
    if run.cancel_requested_at is None or run.state is RunState.COMPLETED:
        return False
    return run.state is not RunState.CANCELLED or bool(_waiting(run, runtime=runtime))


def _waiting(run: Run, *, runtime: Runtime) -> list[Entry]:
    entries = runtime.journal.executions(run.run_id)
    return [entry for entry in entries if entry.state in _MAY_BE_THERE]


def _region(run: Run, runtime: Runtime) -> str:
    """Return the region that the run buys in; empty where that is unknown."""
    try:
        return runtime.region(run)
    except RuntimeFault:
        return ""


def _sighted(entry: Entry, *, runtime: Runtime, backend: Backend) -> Iterator[Sighting]:
    """Look at an execution until nothing new is found: what is adopted may have ended."""
    found = look(entry, journal=runtime.journal, backend=backend, reason=_REASON)
    now = runtime.journal.execution(entry.execution.execution_id)
    yield _sighting(found, now)
    if found is Found.ADOPTED:
        yield from _sighted(now, runtime=runtime, backend=backend)


def _sighting(found: Found, entry: Entry) -> Sighting:
    execution = entry.execution
    ids = (execution.execution_id, execution.run_id)
    return Sighting(found, *ids, execution.target, entry.handle)


def _adopt_orphans(sweep: _Sweep) -> None:
    """Go through what each region has of ours; what the journal gave up or lost is adopted."""
    found: list[Sold] = []
    for region, (target, sold) in _regions(sweep.runtime).items():
        try:
            found += sold(sweep.within)
        except RuntimeFault as fault:
            # Of the regions that the catalogue alone knows many are closed to an account.
            if not (isinstance(fault, AccessDenied) and target.startswith(_NO_RUN)):
                sweep.hush(fault, target=target, region=region)
        else:
            sweep.result.looked.append(region)
    strange = [task for task in found if not _place(task, sweep)]
    landed = _in_the_lake(strange, sweep.runtime) if strange else frozenset()
    for task in strange:
        if task.execution_id not in landed:
            _own(task, sweep)


def _regions(runtime: Runtime) -> dict[str, tuple[str, Sellers]]:
    """Return how to list what each region has sold: those of the journal's runs, and all others."""
    regions: dict[str, tuple[str, Sellers]] = {}
    for run in (here for every in runtime.journal.one_a_target() for here in every.apart):
        if (region := _region(run, runtime)) and region not in regions:
            regions[region] = (run.target, runtime.backend(run).sold)
    for region, sellers in runtime.further_sellers().items():
        regions.setdefault(region, (f"{_NO_RUN}{region}", sellers))
    return regions


def _place(task: Sold, sweep: _Sweep) -> bool:
    """Find a task's place in the journal; False where it has none."""
    journal = sweep.runtime.journal
    entry = journal.find_execution(ExecutionId(task.execution_id))
    if entry is None:
        return False
    if entry.handle not in {None, task.handle}:
        sweep.result.strays.append(Stray(task, known=True))
    elif entry.abandoned:
        with turn(entry.execution.run_id, home=sweep.runtime.home) as ours:
            if ours:
                adopt(entry.execution, task.handle, journal=journal, reserve=True)
                now = journal.execution(entry.execution.execution_id)
                sweep.result.sightings.append(_sighting(Found.ADOPTED, now))
    return True


def _own(task: Sold, sweep: _Sweep) -> None:
    """Report a paid task that neither the journal nor the lake has, and whose it is."""
    run = sweep.runtime.journal.find_run(task.run_id)
    if run is None or run.state in {RunState.COMPLETED, RunState.CANCELLED}:
        sweep.result.strays.append(Stray(task, known=False))
        return
    ids = (task.execution_id, run.run_id)
    sweep.result.sightings.append(Sighting(Found.FORGOTTEN, *ids, run.target, task.handle))


def _in_the_lake(tasks: Sequence[Sold], runtime: Runtime) -> frozenset[str]:
    """Return those executions of some tasks whose counts are landed."""
    names = ", ".join(
        f"'{one}'" for one in sorted({task.execution_id for task in tasks}) if _ID(one)
    )
    sql = f"SELECT DISTINCT execution_id FROM counts WHERE execution_id IN ({names or 'NULL'})"  # noqa: S608 - hex digits
    return frozenset(row[0] for row in query(runtime.home.lake, sql).rows)
