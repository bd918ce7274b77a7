"""Rows of a simulated loop as columns, made without a loop over its iterations."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from datasets.records.executions import Execution
from tasks.workloads.search.simulation import Measured

if TYPE_CHECKING:
    import pyarrow as pa


def count_columns(measured: Sequence[Measured], *, executions: Sequence[Execution]) -> "pa.Table":
    """Return the rows of `counts`, an execution for each iteration."""
    import pyarrow as pa

    blocks = [each.block for each in measured]
    forms = blocks[0].forms
    lengths = np.concatenate([block.lengths for block in blocks])
    sizes = [len(block.lengths) for block in blocks]
    executables = np.repeat(np.concatenate([np.arange(size) for size in sizes]), lengths)
    of = np.repeat(np.repeat(np.arange(len(blocks)), sizes), lengths)
    n_rows = len(of)
    form = executables % len(forms)
    return pa.table(
        {
            "execution_id": _one_of([execution.execution_id for execution in executions], of),
            "run_id": _one_of([executions[0].run_id], np.zeros(n_rows)),
            "executable": executables.astype(np.int32),
            "point": (executables // len(forms)).astype(np.int32),
            "basis": _one_of([each.basis for each in forms], form),
            "variant": _one_of([each.variant for each in forms], form),
            "n_qubits": np.full(n_rows, blocks[0].n_qubits, dtype=np.int32),
            "outcome": np.concatenate([block.outcomes for block in blocks]),
            "count": np.concatenate([block.counts for block in blocks]),
        }
    )


def estimate_columns(
    measured: Sequence[Measured], *, executions: Sequence[Execution]
) -> "pa.Table":
    """Return the rows of `estimates`: the energy at each point of each iteration."""
    import pyarrow as pa

    found = [each.estimates for each in measured]
    sizes = [each.block.n_points for each in measured]
    of = np.repeat(np.arange(len(measured)), sizes)
    n_rows = len(of)
    same = np.zeros(n_rows)
    ids = [execution.execution_id for execution in executions]
    names = _one_of(ids, of).dictionary_decode()
    return pa.table(
        {
            "run_id": _one_of([executions[0].run_id], same),
            "execution_id": names,
            "execution_ids": pa.ListArray.from_arrays(np.arange(n_rows + 1, dtype=np.int32), names),
            "iteration": np.array([each.index for each in measured], dtype=np.int32)[of],
            "point": np.concatenate([np.arange(size, dtype=np.int32) for size in sizes]),
            "observable": _one_of([found[0].observable], same),
            "method": _one_of([found[0].method], same),
            "value": np.concatenate([each.value for each in found]),
            "stderr": np.concatenate([each.stderr for each in found]),
            "raw_value": np.concatenate([each.raw_value for each in found]),
            "raw_stderr": np.concatenate([each.raw_stderr for each in found]),
            "shots": np.concatenate([each.shots for each in found]),
            "overhead": np.concatenate([each.overhead for each in found]),
            "bound": np.array([each.bound for each in found])[of],
        }
    )


def _one_of(texts: Sequence[str], places: NDArray[np.generic]) -> "pa.DictionaryArray":
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(places.astype(np.int32), list(texts))
