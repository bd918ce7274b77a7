"""Land a piece of a sweep: its counts, its estimates, and the executions behind them."""

from collections.abc import Sequence
from dataclasses import replace

from datasets.lake.conversion import Rows
from datasets.records.executions import Collected, RunId
from tasks.context.runtime import Runtime
from tasks.core.estimation.points import Estimates, estimate
from tasks.core.mitigation.readout import Confusion
from tasks.core.progress.events import emit
from tasks.execution.executions import by_itself
from tasks.execution.landing import land_counts
from tasks.rows.counts import count_columns as bought_columns
from tasks.rows.rows import execution_row
from tasks.workloads.sweep.missing_points import keep
from tasks.workloads.sweep.pending import bought_name
from tasks.workloads.sweep.rows import count_columns, estimate_columns
from tasks.workloads.sweep.sweep import Measured, Sweep


def land_piece(
    measured: Measured, *, sweep: Sweep, confusion: Confusion | None, runtime: Runtime
) -> tuple[Estimates, ...]:
    """Land a piece in files that its content names, and return its estimates.

    What another run has bought alone lands as that run's, as if it had gone on.

    Raises:
        BrokenContract: some rows break their contract; nothing of the piece was published.
        StorageFault: the lake cannot be written.
    """
    buyers = {execution.run_id for execution in measured.executions}
    sweep = _buyer_s(sweep, buyers, measured)
    piece, run_id = measured.piece, sweep.experiment.run_id
    if measured.missing:
        keep(measured.wanted, measured.missing, pins=runtime.pins(run_id))
    if not piece.n_points:
        _land_rest(measured.collected, runtime=runtime)
        return ()
    estimates = _estimates(measured, sweep=sweep, confusion=confusion)
    ids = [execution.execution_id for execution in measured.executions]
    runtime.journal.assign_chunk(ids, piece.key)
    rows: dict[str, Rows] = {
        "executions": [execution_row(runtime.journal.execution(one)) for one in ids],
        "counts": _counts(measured),
        "estimates": estimate_columns(estimates, sweep=sweep, piece=piece, ids=ids),
    }
    bought, experiment = bool(measured.collected), sweep.spec.experiment_id
    key = (experiment, bought_name(piece.key, run_id=run_id) if bought else piece.key)
    runtime.lake.land_all(
        {table: [(key, made)] for table, made in rows.items() if made},
        run_id=run_id,
        # What was landed alone, when the run stopped, is in the lake for ever.
        once_in=[run_id, *sorted(buyers - {run_id}), experiment] if bought else [],
    )
    runtime.journal.landed(ids)
    emit("chunk.landed", chunk=piece.key)
    return estimates


def _buyer_s(sweep: Sweep, buyers: set[RunId], measured: Measured) -> Sweep:
    """Return the sweep as that of the one run that has bought the piece, if one has."""
    if len(buyers) != 1 or measured.missing:
        return sweep
    return replace(sweep, experiment=replace(sweep.experiment, run_id=next(iter(buyers))))


def _estimates(
    measured: Measured, *, sweep: Sweep, confusion: Confusion | None
) -> tuple[Estimates, ...]:
    return estimate(
        measured.block,
        observables=sweep.observables,
        groups=sweep.experiment.groups,
        mitigation=sweep.mitigation,
        confusion=confusion,
    )


def _land_rest(collected: Sequence[Collected], *, runtime: Runtime) -> None:
    """Land what is of use to no point, each execution alone: it is paid for."""
    for item in collected:
        land_counts([item], runtime=runtime, chunk=by_itself(item.execution.execution_id))


def _counts(measured: Measured) -> Rows:
    return bought_columns(measured.collected) if measured.collected else count_columns(measured)
