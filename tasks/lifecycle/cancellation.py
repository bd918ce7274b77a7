"""Cancel a run: at its target first, then in the books, with what is still charged."""

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from datasets.journal.rows import Entry
from datasets.records.executions import ExecutionState, RunId
from datasets.records.runs import Run, RunState
from tasks.backends.protocol import Backend
from tasks.errors import BadInput
from tasks.lifecycle.claims import claim
from tasks.lifecycle.closing import close
from tasks.lifecycle.recovery import look
from tasks.lifecycle.runtime import Runtime

ENDING_S: Final = 20.0  # how long a task may take to end once it was cancelled
_PAUSE_S: Final = 0.5
_REASON: Final = "it was cancelled"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What became of a run that was to be cancelled.

    `running` are the handles of work that goes on at the target all the same, and may be charged.
    `stopping` says that another process works on the run and ends it at its next step.
    """

    run_id: RunId
    stopping: bool
    cancelled: int
    charged_usd: Decimal
    running: tuple[str, ...]


def cancel_run(run: Run, *, runtime: Runtime, within_s: float = ENDING_S) -> Cancellation:
    """Cancel what the target has, give up what it does not have, and close the run.

    Safe to repeat: what has ended is left alone. While another process works on the run, that one
    closes it.

    Raises:
        BadInput: the run is completed.
        Transient: the target does not answer; ask again.
        Refused: it does not let us.
    """
    if run.state is RunState.COMPLETED:
        message = f"Run {run.run_id} is completed: there is nothing left to cancel."
        raise BadInput(message)
    runtime.journal.request_cancel(run.run_id)
    backend, ours = runtime.backend(run), _claimed(run, runtime=runtime)
    if ours:
        _look(run, runtime=runtime, backend=backend)  # adopts or gives up what is only meant
    for entry in _at_target(run, runtime=runtime):
        backend.cancel(str(entry.handle))
    if ours:
        _await_end(run, runtime=runtime, backend=backend, within_s=within_s)
        close(run.run_id, RunState.CANCELLED, runtime=runtime, failure=_REASON)
    return _cancellation(run, stopping=not ours, runtime=runtime)


def _claimed(run: Run, *, runtime: Runtime) -> bool:
    try:
        claim(run.run_id, home=runtime.home)
    except BadInput:
        return False
    return True


def _look(run: Run, *, runtime: Runtime, backend: Backend) -> None:
    for entry in runtime.journal.executions(run.run_id):
        look(entry, journal=runtime.journal, backend=backend, reason=_REASON)


def _await_end(run: Run, *, runtime: Runtime, backend: Backend, within_s: float) -> None:
    """Look until the target has ended everything; what it does not drop in time, it is left with.

    `qrt reconcile` writes down how that ends.
    """
    deadline = time.monotonic() + within_s
    while _at_target(run, runtime=runtime) and time.monotonic() < deadline:
        time.sleep(_PAUSE_S)
        _look(run, runtime=runtime, backend=backend)


def _at_target(run: Run, *, runtime: Runtime) -> list[Entry]:
    entries = runtime.journal.executions(run.run_id)
    return [entry for entry in entries if entry.state is ExecutionState.SUBMITTED]


def _cancellation(run: Run, *, stopping: bool, runtime: Runtime) -> Cancellation:
    entries = runtime.journal.executions(run.run_id)
    return Cancellation(
        run_id=run.run_id,
        stopping=stopping,
        cancelled=sum(entry.state is ExecutionState.CANCELLED for entry in entries),
        charged_usd=sum((entry.charged_usd or Decimal(0) for entry in entries), Decimal(0)),
        running=tuple(str(entry.handle) for entry in _at_target(run, runtime=runtime)),
    )
