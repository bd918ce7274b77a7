"""Histograms of an execution: checked against its plan, copies added up."""

from collections.abc import Sequence

import numpy as np

from datasets.records.executions import Counts, Execution
from tasks.backends.protocol import Histogram
from tasks.errors import ExecutionFailed


def check_complete(execution: Execution, histograms: Sequence[Histogram]) -> None:
    """Refuse a result that has more or fewer executables than were planned."""
    planned = sum(executable.copies for executable in execution.executables)
    if len(histograms) != planned:
        message = (
            f"Execution {execution.execution_id} has {planned} executables, and its result "
            f"{len(histograms)}. Ask the provider; the task was paid for."
        )
        raise ExecutionFailed(message)


def missing_shots(execution: Execution, histograms: Sequence[Histogram]) -> list[int]:
    """Return how many shots of each executable of the action may still be had."""
    each = execution.shots // len(histograms)
    return [
        0 if found.failure and not found.failure.retryable else max(each - found.shots, 0)
        for found in histograms
    ]


def merged(execution: Execution, histograms: Sequence[Histogram]) -> tuple[Counts, ...]:
    """Add up the copies of each executable, with as many bits as its basis has letters."""
    found, start = [], 0
    for executable in execution.executables:
        copies = histograms[start : start + executable.copies]
        start += executable.copies
        n_bits = min(copies[0].n_qubits, len(executable.basis))
        mask = np.uint64((1 << n_bits) - 1)
        outcomes = np.concatenate([copy.outcomes for copy in copies]) & mask
        seen = np.concatenate([copy.counts for copy in copies])
        distinct, place = np.unique(outcomes, return_inverse=True)
        totals = np.bincount(place, weights=seen).astype(np.uint32)
        failure = next((copy.failure for copy in copies if copy.failure), None)
        found.append(Counts(executable, n_bits, distinct, totals, failure))
    return tuple(found)
