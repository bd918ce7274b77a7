"""One look at an execution that may be at its target: adopt it, give it up, or see how it ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from datasets.home import Home
from datasets.journal.journal import Journal
from datasets.journal.rows import Entry
from datasets.records.executions import Execution, ExecutionState, RunId
from tasks.backends.protocol import Backend
from tasks.context.run_lock import claim, is_held, release
from tasks.core.progress.events import emit
from tasks.errors import BadInput
from tasks.execution.executions import write_outcome


class Found(StrEnum):
    """What a look at an execution found."""

    ADOPTED = "adopted"  # the target had it, and the journal did not know
    OPEN = "open"  # the target does not list it, and it is too early to give it up
    GIVEN_UP = "given_up"  # the target does not have it: what was set aside is free again
    ENDED = "ended"
    RUNNING = "running"
    FORGOTTEN = "forgotten"  # the target has it, the journal only its run
    KNOWN = "known"  # there was nothing to look for


def look(entry: Entry, *, journal: Journal, backend: Backend, reason: str) -> Found:
    """Look for the execution once, and write down what was found; never buys, never waits.

    `reason` is why an intent that the target does not have is given up, once the target would list
    it. A later resume may mean it again, under the same token.

    Raises:
        Transient: the target does not answer.
        Refused: it does not say.
        BadInput: these are not the credentials that the run buys with.
        ExecutionFailed: it has ended, and what it left cannot be read.
    """
    match entry.state:
        case ExecutionState.INTENT:
            return _resolve(entry, journal=journal, backend=backend, reason=reason)
        case ExecutionState.SUBMITTED:
            outcome = backend.look(str(entry.handle))
            if outcome is None:
                return Found.RUNNING
            write_outcome(entry.execution, outcome, journal=journal)
            return Found.ENDED
        case _:
            return Found.KNOWN


def _resolve(entry: Entry, *, journal: Journal, backend: Backend, reason: str) -> Found:
    execution = entry.execution
    handle = backend.find(execution)
    if handle is None and _is_early(execution, journal=journal, backend=backend):
        return Found.OPEN
    if handle is None:
        journal.abandon(execution.execution_id, reason=reason)
        return Found.GIVEN_UP
    adopt(execution, handle, journal=journal, reserve=backend.charges)
    return Found.ADOPTED


def _is_early(execution: Execution, *, journal: Journal, backend: Backend) -> bool:
    """Whether the target may not list it yet, by its own clock: this machine's may have jumped."""
    now = backend.now()
    if now is None or not backend.lag:
        return bool(backend.lag)
    return now - journal.meant_at(execution.execution_id, now=now) < backend.lag


def adopt(execution: Execution, handle: str, *, journal: Journal, reserve: bool) -> None:
    """Adopt a task of the target: journal its intent, reserve its cost, record its handle."""
    journal.intend(execution, reserve=reserve)
    journal.submitted(execution.execution_id, handle)
    emit("execution.adopted", execution_id=execution.execution_id, handle=handle)


@contextmanager
def turn(run_id: RunId, *, home: Home) -> Iterator[bool]:
    """Claim a run for the time of the block; yields whether the claim was granted."""
    ours = not is_held(run_id) and _claimed(run_id, home=home)
    try:
        yield ours
    finally:
        if ours:
            release(run_id, home=home)


def _claimed(run_id: RunId, *, home: Home) -> bool:
    try:
        claim(run_id, home=home)
    except BadInput:
        return False
    return True
