"""The verbs of an execution's life, each safe to call again after a crash at any point."""

from collections.abc import Sequence

import numpy as np

from datasets.journal.journal import Journal
from datasets.journal.rows import Entry
from datasets.records.executions import Collected, Counts, Execution, ExecutionState
from tasks.backends.protocol import Backend, Histogram
from tasks.core.events import emit
from tasks.errors import ExecutionFailed


def submit(executions: Sequence[Execution], *, journal: Journal, backend: Backend) -> None:
    """Write each execution down, then hand it over, unless the target already has it."""
    for execution in executions:
        entry = journal.intend(execution)
        emit("execution.intended", execution_id=execution.execution_id)
        if entry.handle is None:
            journal.submitted(execution.execution_id, _adopt_or_buy(execution, backend))
        emit(
            "execution.submitted",
            execution_id=execution.execution_id,
            shots=execution.shots,
            cost_usd=execution.cost_usd,
        )


def collect(
    executions: Sequence[Execution], *, journal: Journal, backend: Backend
) -> tuple[Collected, ...]:
    """Wait for submitted executions and return their counts.

    Raises:
        ExecutionFailed: the target could not do one of them.
    """
    return tuple(_collect(execution, journal=journal, backend=backend) for execution in executions)


def _collect(execution: Execution, *, journal: Journal, backend: Backend) -> Collected:
    entry = journal.execution(execution.execution_id)
    handle = _handle(entry)
    if entry.state is ExecutionState.SUBMITTED:
        outcome = backend.wait(handle)
        journal.completed(
            execution.execution_id,
            state=outcome.state,
            shots_returned=outcome.shots_returned,
            started_at=outcome.started_at,
            ended_at=outcome.ended_at,
            calibration_id_end=outcome.calibration_id_end,
            failure=outcome.failure,
        )
        entry = journal.execution(execution.execution_id)
    if entry.state in {ExecutionState.FAILED, ExecutionState.CANCELLED}:
        message = f"Execution {execution.execution_id} {entry.state}: {entry.failure}."
        raise ExecutionFailed(message)
    emit("execution.collected", execution_id=execution.execution_id)
    counts = _merge(execution, backend.fetch(handle))
    if any(found.shots == 0 for found in counts):
        message = f"Execution {execution.execution_id} came back in part: {entry.failure}."
        raise ExecutionFailed(message)
    return Collected(execution, counts)


def _adopt_or_buy(execution: Execution, backend: Backend) -> str:
    """Return the handle of what the target has already, or hand the execution over."""
    if handle := backend.find(execution):
        emit("execution.adopted", execution_id=execution.execution_id, handle=handle)
        return handle
    handle = backend.submit(execution)
    emit("execution.bought", execution_id=execution.execution_id, handle=handle)
    return handle


def _handle(entry: Entry) -> str:
    if entry.handle is None:
        message = f"Execution {entry.execution.execution_id} was never submitted."
        raise ExecutionFailed(message)
    return entry.handle


def _merge(execution: Execution, histograms: Sequence[Histogram]) -> tuple[Counts, ...]:
    """Add up the copies of each executable."""
    merged, start = [], 0
    for executable in execution.executables:
        copies = histograms[start : start + executable.copies]
        start += executable.copies
        outcomes = np.concatenate([copy.outcomes for copy in copies])
        seen = np.concatenate([copy.counts for copy in copies])
        distinct, place = np.unique(outcomes, return_inverse=True)
        totals = np.bincount(place, weights=seen).astype(np.uint32)
        merged.append(Counts(executable, copies[0].n_qubits, distinct, totals))
    return tuple(merged)
