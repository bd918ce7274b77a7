"""Cancel a run: at its target first, then in the books, with what is still charged."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from datasets.journal.rows import Entry
from datasets.records.executions import ExecutionState, RunId
from datasets.records.runs import Run, RunState
from tasks.backends.protocol import Backend
from tasks.context.runtime import Runtime
from tasks.errors import BadInput, ExecutionFailed, Refused
from tasks.execution.inspection import Found, look, turn
from tasks.run.closing import close

ENDING_S: Final = 20.0  # how long a task may take to end once it was cancelled
_PAUSE_S: Final = 0.5
_REASON: Final = "it was cancelled"
_MAY_BE_THERE: Final = {ExecutionState.INTENT, ExecutionState.SUBMITTED}


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What became of a run that was to be cancelled.

    `running` are the handles of work that goes on at the target all the same, and may be charged;
    `open` are executions of which the target does not say yet whether it has them. `stopping` says
    that another process works on the run and ends it at its next step.
    """

    run_id: RunId
    stopping: bool
    cancelled: int
    charged_usd: Decimal
    running: tuple[str, ...]
    open: tuple[str, ...]


def cancel_run(
    run: Run, *, runtime: Runtime, within_s: float = ENDING_S, holding: bool = False
) -> Cancellation:
    """Cancel what the target has, give up what it does not have, and close the run.

    Safe to repeat: what has ended is left alone. While somebody else works on the run, that one
    closes it; `holding` says that it is the caller who works on it. The target is not asked for a
    run that has nothing there.

    Raises:
        BadInput: the run is completed.
        Transient: the target does not answer; ask again.
        Refused: it does not let us drop something; all else is dropped.
    """
    _check_open(run)
    runtime.lake.check()
    runtime.journal.request_cancel(run.run_id)
    if holding:
        return _cancelled(run.run_id, runtime=runtime, within_s=within_s)
    with turn(run.run_id, home=runtime.home) as ours:
        if ours:
            return _cancelled(run.run_id, runtime=runtime, within_s=within_s)
        _drop(run, runtime=runtime, ours=False)
        return _cancellation(run.run_id, stopping=True, runtime=runtime)


def _check_open(run: Run) -> None:
    if run.state is RunState.COMPLETED:
        message = f"Run {run.run_id} is completed: there is nothing left to cancel."
        raise BadInput(message)


def _cancelled(run_id: RunId, *, runtime: Runtime, within_s: float) -> Cancellation:
    """Cancel a run that nobody else works on."""
    run = runtime.journal.run(run_id)
    _check_open(run)  # it may have ended before it was ours
    _drop(run, runtime=runtime, ours=True)
    _await_end(run, runtime=runtime, within_s=within_s)
    close(run_id, RunState.CANCELLED, runtime=runtime, failure=_REASON)
    return _cancellation(run_id, stopping=False, runtime=runtime)


def _drop(run: Run, *, runtime: Runtime, ours: bool) -> None:
    """Cancel every execution at its target, then raise the refusals, if any."""
    entries = _of(run.run_id, _MAY_BE_THERE, runtime=runtime)
    if not entries:
        return
    backends = runtime.backends(run, entries)
    faults = [
        fault
        for entry in entries
        for fault in _faults(entry, runtime, backends[entry.execution.target], ours=ours)
    ]
    if faults:
        raise faults[0]


def _faults(entry: Entry, runtime: Runtime, backend: Backend, *, ours: bool) -> Iterator[Refused]:
    """Cancel one execution; yield the reason where that was refused."""
    try:
        if ours and entry.state is ExecutionState.INTENT:
            look(entry, journal=runtime.journal, backend=backend, reason=_REASON)
            entry = runtime.journal.execution(entry.execution.execution_id)
        if entry.state is ExecutionState.SUBMITTED:
            backend.cancel(str(entry.handle))
    except Refused as fault:
        yield fault


def _await_end(run: Run, *, runtime: Runtime, within_s: float) -> None:
    """Poll until every execution has ended at its target, or the time for that is over.

    `qrt reconcile` writes down how that ends.
    """
    entries = _of(run.run_id, {ExecutionState.SUBMITTED}, runtime=runtime)
    if not entries:
        return
    backends, deadline = runtime.backends(run, entries), time.monotonic() + within_s
    while going := [e for e in entries if _goes_on(e, runtime=runtime, backends=backends)]:
        if time.monotonic() >= deadline:
            return
        time.sleep(_PAUSE_S)
        entries = going


def _goes_on(entry: Entry, *, runtime: Runtime, backends: Mapping[str, Backend]) -> bool:
    backend = backends[entry.execution.target]
    try:
        found = look(entry, journal=runtime.journal, backend=backend, reason=_REASON)
    except (Refused, ExecutionFailed):
        return False  # how it ends is not to be learnt by waiting
    return found is Found.RUNNING


def _of(run_id: RunId, states: set[ExecutionState], *, runtime: Runtime) -> list[Entry]:
    return [entry for entry in runtime.journal.executions(run_id) if entry.state in states]


def _cancellation(run_id: RunId, *, stopping: bool, runtime: Runtime) -> Cancellation:
    entries = runtime.journal.executions(run_id)
    states = [entry.state for entry in entries]
    ids = [entry.execution.execution_id for entry in entries]
    return Cancellation(
        run_id=run_id,
        stopping=stopping,
        cancelled=states.count(ExecutionState.CANCELLED),
        charged_usd=sum((entry.charged_usd or Decimal(0) for entry in entries), Decimal(0)),
        running=tuple(str(e.handle) for e in entries if e.state is ExecutionState.SUBMITTED),
        open=tuple(i for i, s in zip(ids, states, strict=True) if s is ExecutionState.INTENT),
    )
