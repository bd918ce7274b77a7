"""Rows of a sweep as columns: a million of them are made without a loop."""

from typing import TYPE_CHECKING

import numpy as np

from datasets.records.executions import ExecutionId, RunId
from tasks.core.estimation.points import Estimates
from tasks.core.sweeps.work import Piece
from tasks.workloads.sweep.sweep import Measured, Sweep

if TYPE_CHECKING:
    import pyarrow as pa


def count_columns(measured: Measured) -> "pa.Table":
    """Return the rows of `counts` for a piece that one execution holds."""
    import pyarrow as pa

    block, (execution,) = measured.block, measured.executions
    n_forms, lengths = len(block.forms), block.lengths
    rows = np.repeat(np.arange(len(lengths)), lengths)
    n_rows = len(rows)
    return pa.table(
        {
            "execution_id": _same(execution.execution_id, n_rows),
            "run_id": _same(execution.run_id, n_rows),
            "executable": rows.astype(np.int32),
            "point": measured.piece.numbers()[rows // n_forms].astype(np.int32),
            "basis": _one_of([form.basis for form in block.forms], rows % n_forms),
            "variant": _one_of([form.variant for form in block.forms], rows % n_forms),
            "n_qubits": np.full(n_rows, block.n_qubits, dtype=np.int32),
            "outcome": block.outcomes,
            "count": block.counts,
        }
    )


def estimate_columns(
    estimates: tuple[Estimates, ...], *, sweep: Sweep, piece: Piece, ids: list[ExecutionId]
) -> "pa.Table":
    """Return the rows of `estimates` for a piece, observable by observable."""
    import pyarrow as pa

    n_rows = piece.n_points
    points = sweep.points(piece)
    same = {
        "run_id": _same(sweep.experiment.run_id, n_rows),
        "execution_id": _same(ids[0], n_rows),
        "execution_ids": _lists(pa.array(ids * n_rows), n_rows),
        "point": piece.numbers().astype(np.int32),
        "parameters": _lists(pa.array(points.reshape(-1)), n_rows),
        "experiment_id": _same(sweep.spec.experiment_id, n_rows),
        "target": _same(sweep.experiment.target, n_rows),
        "repetition": np.full(n_rows, piece.repetition, dtype=np.int32),
    }
    return pa.concat_tables(
        pa.table(
            same
            | {
                "observable": _same(found.observable, n_rows),
                "method": _same(found.method, n_rows),
                "value": found.value,
                "stderr": found.stderr,
                "raw_value": found.raw_value,
                "raw_stderr": found.raw_stderr,
                "shots": found.shots,
                "overhead": found.overhead,
                "bound": np.full(n_rows, found.bound),
            }
        )
        for found in estimates
    )


def _same(text: str | RunId, n_rows: int) -> "pa.Array":
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(np.zeros(n_rows, dtype=np.int32), [text])


def _one_of(texts: list[str], places: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> "pa.Array":
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(places.astype(np.int32), texts)


def _lists(flat: "pa.Array", n_rows: int) -> "pa.Array":
    import pyarrow as pa

    offsets = np.arange(n_rows + 1, dtype=np.int32) * (len(flat) // n_rows)
    return pa.ListArray.from_arrays(offsets, flat)
