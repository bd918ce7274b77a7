"""Land a piece of a sweep: its counts, its estimates, and the executions behind them."""

from tasks.core.events import emit
from tasks.core.mitigation.readout import Confusion
from tasks.core.sweeps.estimation import Estimates, estimate
from tasks.lifecycle.rows import count_rows, execution_row
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.sweep_rows import count_columns, estimate_columns
from tasks.lifecycle.sweeps import Measured, Sweep


def land_piece(
    measured: Measured, *, sweep: Sweep, confusion: Confusion | None, runtime: Runtime
) -> tuple[Estimates, ...]:
    """Land a piece in files that its content names, and return its estimates.

    Raises:
        BrokenContract: some rows break their contract; nothing of the piece was published.
        StorageFault: the lake cannot be written.
    """
    piece = measured.piece
    estimates = estimate(
        measured.block,
        observables=sweep.spec.observables,
        groups=sweep.experiment.groups,
        mitigation=sweep.mitigation,
        confusion=confusion,
    )
    ids = [execution.execution_id for execution in measured.executions]
    runtime.journal.assign_chunk(ids, piece.key)
    entries = [runtime.journal.execution(execution_id) for execution_id in ids]
    counts = (
        [row for item in measured.collected for row in count_rows(item)]
        if measured.collected
        else count_columns(measured)
    )
    key = (sweep.spec.experiment_id, piece.key)
    rows = {
        "executions": [execution_row(entry) for entry in entries],
        "counts": counts,
        "estimates": estimate_columns(estimates, sweep=sweep, piece=piece, ids=ids),
    }
    runtime.lake.land_all(
        {table: [(key, made)] for table, made in rows.items()}, run_id=sweep.experiment.run_id
    )
    runtime.journal.landed(ids)
    emit("chunk.landed", chunk=piece.key)
    return estimates
