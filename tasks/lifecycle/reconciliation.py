"""Bring the journal and the targets together again, for all runs that nobody works on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from datasets.journal.rows import Entry
from datasets.records.executions import ExecutionId, ExecutionState, RunId
from datasets.records.runs import Run, RunState
from tasks.backends.protocol import Backend, Sold
from tasks.core.events import emit
from tasks.errors import Refused, RuntimeFault, Throttled, Transient, Unavailable
from tasks.lifecycle.cancellation import cancel_run
from tasks.lifecycle.closing import follow_up, land_spend, settle
from tasks.lifecycle.findings import Reconciliation, Sighting, Silence, Stray
from tasks.lifecycle.landing import salvage
from tasks.lifecycle.recovery import Found, adopt, look, turn
from tasks.lifecycle.runtime import Runtime

_REASON: Final = "the target never had it"
_MAY_BE_THERE: Final = {ExecutionState.INTENT, ExecutionState.SUBMITTED}


@dataclass(frozen=True, slots=True)
class _Sweep:
    """One reconciliation; a region that did not answer is not asked again for the next run."""

    runtime: Runtime
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

    Buys nothing, waits for nothing, and changes nothing when it is repeated. What goes wrong with
    one run keeps no other from being looked at. A run that was to be cancelled, and whose process
    died before that, is cancelled. Strays are looked for among the tasks that
    were created within that time, by the provider's clock.
    """
    sweep = _Sweep(runtime)
    _adopt_orphans(sweep, within=within)
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
    """Look at all of the run that may be at one of its targets.

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
    settle(run.run_id, runtime=runtime)
    if run.state is RunState.RUNNING:
        land_spend(run.run_id, runtime=runtime)
        return
    runtime.journal.end(run.run_id, run.state)  # its cost may be known better now
    follow_up(run.run_id, runtime=runtime)


def _is_unwanted(run: Run, *, runtime: Runtime) -> bool:
    """Whether something is left to do of what `qrt cancel` began."""
    if run.cancel_requested_at is None or run.state is RunState.COMPLETED:
        return False
    return run.state is not RunState.CANCELLED or bool(_waiting(run, runtime=runtime))


def _waiting(run: Run, *, runtime: Runtime) -> list[Entry]:
    entries = runtime.journal.executions(run.run_id)
    return [entry for entry in entries if entry.state in _MAY_BE_THERE]


def _region(run: Run, runtime: Runtime) -> str:
    """Return the region that the run buys in; nothing where it cannot be told."""
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


def _adopt_orphans(sweep: _Sweep, *, within: timedelta) -> None:
    """Go through what each region has of ours; what the journal gave up or lost is adopted."""
    seen = {""}
    runs = sweep.runtime.journal.one_a_target()
    for run in (here for every in runs for here in every.apart):
        region = _region(run, sweep.runtime)
        if region in seen:
            continue
        seen.add(region)
        try:
            for task in sweep.runtime.backend(run).sold(within):
                _place(task, sweep)
        except RuntimeFault as fault:
            sweep.hush(fault, target=run.target, region=region)


def _place(task: Sold, sweep: _Sweep) -> None:
    journal = sweep.runtime.journal
    entry = journal.find_execution(ExecutionId(task.execution_id))
    if entry is None or entry.handle not in {None, task.handle}:
        sweep.result.strays.append(Stray(task, known=entry is not None))
    elif entry.abandoned:
        with turn(entry.execution.run_id, home=sweep.runtime.home) as ours:
            if ours:
                adopt(entry.execution, task.handle, journal=journal, reserve=True)
                now = journal.execution(entry.execution.execution_id)
                sweep.result.sightings.append(_sighting(Found.ADOPTED, now))
