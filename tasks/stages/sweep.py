"""Sweeps: inputs read, pieces measured and landed, the answer."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from datasets.records.runs import Run
from tasks.backends.targets import is_bought
from tasks.context.runtime import Runtime
from tasks.core.mitigation.readout import Confusion
from tasks.core.money.quotes import Quote
from tasks.core.progress.events import Event, emit
from tasks.core.progress.simulation_time import Simulation
from tasks.core.sweeps.turns import many_turns
from tasks.core.sweeps.work import Piece
from tasks.execution.remote_events import away
from tasks.program.experiment import Experiment
from tasks.program.long_simulations import simulation_of, tell_if_long
from tasks.quotes.record import record
from tasks.requests.of_run import request_as
from tasks.requests.sweep import SweepRequest
from tasks.run.closing import update_books
from tasks.selection.run_target import choose_target
from tasks.stages.stage import stage
from tasks.workloads.pieces import sweep_piece
from tasks.workloads.sweep import pending
from tasks.workloads.sweep.history import history
from tasks.workloads.sweep.inputs import SweepInputs, inputs_of
from tasks.workloads.sweep.landing import land_piece
from tasks.workloads.sweep.progress import Progress
from tasks.workloads.sweep.purchase import buy
from tasks.workloads.sweep.result import sweep_result
from tasks.workloads.sweep.same_work import await_turn
from tasks.workloads.sweep.sweep import Measured, Sweep, measure_here


@stage("read")
def read(runtime: Runtime, run: Run) -> SweepInputs:
    """Read the circuit, the points and the observables, as they were when the run began."""
    inputs = inputs_of(request_as(SweepRequest, run), keep=runtime.pins(run.run_id))
    if told := many_turns(inputs.read, inputs.spec.points):
        emit("sweep.turns", told=told)
    return inputs


@stage("choose")
def choose(runtime: Runtime, run: Run, *, inputs: SweepInputs, readout_shots: int) -> Run:
    """Return the run with its target; one that was left open is chosen for the whole sweep."""
    piece = sweep_piece(inputs, readout_shots=readout_shots)
    return choose_target(run, piece, runtime=runtime)


@stage("wait for the same")
def await_same(runtime: Runtime, run: Run, *, inputs: SweepInputs) -> None:
    """Let other runs that buy the same end: what they have measured is not bought again."""
    await_turn(run, inputs.spec, runtime=runtime)


@stage("divide")
def divide(runtime: Runtime, experiment: Experiment, *, run: Run, inputs: SweepInputs) -> Sweep:
    """Find what of the sweep is still to be measured: not what an earlier one has, as it stands."""
    spec = replace(inputs.spec, targets=run.targets)
    now = experiment.snapshot.calibration_id
    before = history(spec, run=run, calibration_id=now, runtime=runtime)
    if before.set_aside:
        emit("sweep.set_aside", runs=len(before.set_aside))
    return Sweep(experiment, spec, before, inputs.read)


@stage("quote")
def quote(runtime: Runtime, sweeps: Sequence[Sweep], *, readout_shots: int) -> Quote:
    """Price every piece on every target, and what corrects them, before the first is measured."""
    each = {
        one.target: pending.quote(one, readout_shots=readout_shots, runtime=runtime)
        for one in sweeps
    }
    run = runtime.journal.run(sweeps[0].experiment.run_id)
    return record(each, run=run, runtime=runtime)


@stage("measure", run_name="measure {piece.name}")
def measure(runtime: Runtime, sweep: Sweep, *, piece: Piece) -> Measured:
    """Measure one piece: simulated in one go, or bought."""
    dispatch = runtime.dispatch(runtime.journal.run(sweep.experiment.run_id).at(sweep.target))
    if dispatch.backend.charges:
        return buy(sweep, piece, dispatch=dispatch, runtime=runtime)
    return measure_here(sweep, piece, dispatch=dispatch)


@stage("divide points")
def due(runtime: Runtime, sweeps: Sequence[Sweep]) -> Progress:
    """Return the pieces that are not in the lake yet."""
    left = [piece for one in sweeps for piece in pending.due(one, runtime=runtime)]
    of = sum(one.n_measurements for one in sweeps)
    progress = Progress(left)
    simulated = [one for one in sweeps if not is_bought(one.target)]
    tell_if_long([_simulation(one, progress.on(one.target)) for one in simulated])
    emit("sweep.divided", chunks=len(left), points=progress.points, of=of)
    return progress


@stage("land", run_name="land {measured.wanted.name}")
def land(
    runtime: Runtime,
    measured: Measured,
    *,
    sweep: Sweep,
    confusion: Confusion | None,
    progress: Progress,
) -> None:
    """Check and publish one piece with its estimates, and say how far the sweep is."""
    land_piece(measured, sweep=sweep, confusion=confusion, runtime=runtime)
    others = {execution.run_id for execution in measured.executions} - {sweep.experiment.run_id}
    for other in others:
        update_books(runtime.journal.run(other), runtime=runtime)
    progress.landed(measured.wanted)


@stage("measure and land", run_name="measure {piece.name}")
def measure_and_land(
    runtime: Runtime, sweep: Sweep, *, piece: Piece, confusion: Confusion | None
) -> tuple[Event, ...]:
    """Simulate and publish one piece in a process of a cluster; return what happened there."""
    happened = away()
    dispatch = runtime.dispatch(runtime.journal.run(sweep.experiment.run_id).at(sweep.target))
    measured = measure_here(sweep, piece, dispatch=dispatch)
    land_piece(measured, sweep=sweep, confusion=confusion, runtime=runtime)
    return happened.taken()


def tell(happened: Iterable[Event], *, piece: Piece, progress: Progress) -> None:
    """Say what happened in another process as if it had been here, and how far the sweep is."""
    for event in happened:
        emit(event.name, **event.fields)
    progress.landed(piece)


def _simulation(sweep: Sweep, left: Sequence[Piece]) -> Simulation:
    n_points = sum(piece.n_points for piece in left)
    return simulation_of(sweep.circuits, sweep.experiment, n_points=n_points)


@stage("summarise")
def summarise(
    runtime: Runtime, sweeps: Sequence[Sweep], *, run: Run, name: str, quoted: Quote
) -> dict[str, Any]:
    """Return what each observable is over all points, with what it takes to trace it."""
    return sweep_result(sweeps, run=run, name=name, quoted=quoted, runtime=runtime)
