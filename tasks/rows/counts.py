"""Counts of executions as columns: a million rows are made without a loop over them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from datasets.records.executions import Collected

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def count_columns(collected: Sequence[Collected]) -> "pa.Table":
    """Return every outcome of every executable, as rows of `counts`."""
    import pyarrow as pa

    every = [counts for item in collected for counts in item.counts]
    executables = [counts.executable for counts in every]
    rows = np.repeat(np.arange(len(every)), [len(counts.outcomes) for counts in every])
    of = np.repeat(np.arange(len(collected)), [len(item.counts) for item in collected])
    places = np.concatenate([np.zeros(0, int), *(np.arange(len(i.counts)) for i in collected)])
    return pa.table(
        {
            "execution_id": _each([item.execution.execution_id for item in collected], of[rows]),
            "run_id": _each([item.execution.run_id for item in collected], of[rows]),
            "executable": places[rows].astype(np.int32),
            "point": _numbers([executable.point for executable in executables])[rows],
            "basis": _each([executable.basis for executable in executables], rows),
            "variant": _each([executable.variant for executable in executables], rows),
            "n_qubits": _numbers([counts.n_qubits for counts in every])[rows],
            "outcome": np.concatenate([np.zeros(0, np.uint64), *(c.outcomes for c in every)]),
            "count": np.concatenate([np.zeros(0, np.uint32), *(c.counts for c in every)]),
        }
    )


def _numbers(values: Sequence[int]) -> "NDArray[np.int32]":
    return np.array(values, dtype=np.int32)


def _each(texts: Sequence[str], places: "NDArray[np.int64]") -> "pa.Array":
    """Return texts at places; the same text is kept once."""
    import pyarrow as pa

    distinct = list(dict.fromkeys(texts))
    number = {text: place for place, text in enumerate(distinct)}
    of = np.array([number[text] for text in texts], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(of[places], pa.array(distinct, pa.string()))
