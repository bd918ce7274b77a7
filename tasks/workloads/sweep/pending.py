"""The pieces of a sweep that are not in the lake yet, and what they cost."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from datasets.records.executions import ExecutionId, ExecutionState, RunId
from tasks.backends.targets import is_bought
from tasks.context.device_options import outcomes_in
from tasks.core.identity import digest
from tasks.core.mitigation.composition import Technique
from tasks.core.money.quotes import Quote, quote_executions
from tasks.core.sweeps.work import Piece, without
from tasks.program.readouts import chosen
from tasks.workloads.sweep.missing_points import Gap, gaps_of
from tasks.workloads.sweep.purchase import plan_piece
from tasks.workloads.sweep.sweep import Sweep, quote_piece

if TYPE_CHECKING:
    from tasks.context.runtime import Runtime

_BOUGHT = {ExecutionState.SUBMITTED, ExecutionState.COMPLETED, ExecutionState.PARTIAL}


def due(sweep: Sweep, *, runtime: "Runtime") -> list[Piece]:
    """Return the pieces whose counts are not in the lake, and those that the run has bought."""
    every, run_id = list(sweep.pieces()), sweep.experiment.run_id
    gaps = gaps_of(runtime.pins(run_id))
    keys = [_landing_key(piece, sweep, gaps.get(piece.key)) for piece in every]
    landed = landed_by(keys, sweep, runtime=runtime)
    lost = _lost(landed, sweep, runtime=runtime)
    paid = _at_the_device(sweep, runtime=runtime)
    return [
        piece
        for piece, key in zip(every, keys, strict=True)
        if key not in landed
        or key in lost
        or (paid and any(one.execution_id in paid for one in plan_piece(sweep, piece)))
    ]


def bought_name(key: str, *, run_id: RunId) -> str:
    """Return the name of the files of a piece that a run has bought: another run's are others."""
    return digest([key, run_id])[: len(key)]


def landed_by(
    keys: Sequence[str], sweep: Sweep, *, runtime: "Runtime"
) -> dict[str, frozenset[RunId]]:
    """Return which pieces are in the lake as the sweep would measure them, each with its buyers.

    Before outcomes that the device has changed had keys of their own, they had those of others.
    """
    ours = outcomes_in(sweep.experiment.options)
    return runtime.journal.landed_chunks(keys, alike=lambda text: outcomes_in(text) == ours)


def _lost(landed: Mapping[str, frozenset[RunId]], sweep: Sweep, *, runtime: "Runtime") -> set[str]:
    """Return the landed pieces of which something is not in the lake any more.

    What another run has bought is not looked for: its files have names of their own.
    """
    from tasks.execution.losses import lost_chunks  # imports the journal, as no refusal needs

    there = runtime.lake.names("estimates", sweep.spec.experiment_id)
    run_id = sweep.experiment.run_id
    entries = runtime.journal.executions(run_id)
    lost = lost_chunks(run_id, runtime=runtime) if entries else frozenset()
    names = {key: {key, bought_name(key, run_id=run_id)} for key in landed}
    gone = {key for key in landed if names[key] & lost or not names[key] & there}
    if not gone or not is_bought(sweep.target):
        return gone
    return {key for key in gone if landed[key] == {run_id}}


def quote(sweep: Sweep, *, readout_shots: int, runtime: "Runtime") -> Quote:
    """Return what the run buys, with what it has bought before it stopped."""
    return priced(
        sweep,
        readout_shots=readout_shots,
        learnt=lambda: bool(chosen(sweep.experiment, shots=readout_shots, runtime=runtime)),
        runtime=runtime,
    )


def priced(
    sweep: Sweep, *, readout_shots: int, learnt: Callable[[], bool], runtime: "Runtime | None"
) -> Quote:
    """Return what a sweep buys; `learnt` says whether its qubits' misreading is known already.

    Without a runtime there is no home yet, in which something could have landed.
    """
    every, run_id = list(sweep.pieces()), sweep.experiment.run_id
    keys = [piece.key for piece in every]
    landed = landed_by(keys, sweep, runtime=runtime) if runtime else {}
    ours = [piece for piece in every if not landed.get(piece.key, frozenset()) - {run_id}]
    quotes = [quote_piece(sweep, piece) for piece in ours]
    corrected = ours and Technique.READOUT in sweep.mitigation.techniques
    if corrected and not learnt():
        readout = sweep.experiment.readout(shots=readout_shots)
        quotes.append(quote_executions(readout, snapshot=sweep.experiment.snapshot))
    return sum(quotes, Quote())


def _landing_key(piece: Piece, sweep: Sweep, gap: Gap | None) -> str:
    """Return what a piece is called in the lake: without points that this run could not get."""
    return without(piece, sweep.spec, missing=gap.missing).key if gap else piece.key


def _at_the_device(sweep: Sweep, *, runtime: "Runtime") -> set[ExecutionId]:
    """Return what the run has bought and not landed, whoever else has measured the same."""
    run = runtime.journal.run(sweep.experiment.run_id).at(sweep.target)
    if not runtime.backend(run).charges:
        return set()
    entries = runtime.journal.executions(run.run_id)
    return {entry.execution.execution_id for entry in entries if entry.state in _BOUGHT}
