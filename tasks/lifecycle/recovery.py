"""One look at an execution that may be at its target: adopt it, give it up, or see how it ended."""

from enum import StrEnum

from datasets.journal.journal import Journal
from datasets.journal.rows import Entry
from datasets.records.executions import ExecutionState
from tasks.backends.protocol import Backend
from tasks.core.events import emit
from tasks.lifecycle.executions import write_outcome


class Found(StrEnum):
    """What a look at an execution found."""

    ADOPTED = "adopted"  # the target had it, and the journal did not know
    GIVEN_UP = "given_up"  # the target does not have it: what was set aside is free again
    ENDED = "ended"
    RUNNING = "running"
    KNOWN = "known"  # there was nothing to look for


def look(entry: Entry, *, journal: Journal, backend: Backend, reason: str) -> Found:
    """Look for the execution once, and write down what was found; never buys, never waits.

    `reason` is why an intent that the target does not have is given up. A later resume may mean it
    again, under the same token.

    Raises:
        Transient: the target does not answer.
        Refused: it does not say.
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
    if handle is None:
        journal.abandon(execution.execution_id, reason=reason)
        return Found.GIVEN_UP
    journal.submitted(execution.execution_id, handle)
    emit("execution.adopted", execution_id=execution.execution_id, handle=handle)
    return Found.ADOPTED
