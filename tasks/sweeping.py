"""The stages of a sweep: what is asked for, each piece measured, each piece landed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.runs import Run
from tasks.backends.braket_devices import is_braket
from tasks.core.events import Event, emit
from tasks.core.mitigation.readout import Confusion
from tasks.core.quotes import Quote
from tasks.core.sweeps.turns import many_turns
from tasks.core.sweeps.work import Piece
from tasks.lifecycle import sweep_ahead
from tasks.lifecycle.away import away
from tasks.lifecycle.choosing import choose_target
from tasks.lifecycle.closing import update_books
from tasks.lifecycle.experiment import Experiment
from tasks.lifecycle.long_simulations import sweep_simulation, tell_if_long
from tasks.lifecycle.pieces import sweep_piece
from tasks.lifecycle.quote_rows import record
from tasks.lifecycle.runtime import open_runtime
from tasks.lifecycle.same_work import await_turn
from tasks.lifecycle.sweep_buying import buy
from tasks.lifecycle.sweep_history import history
from tasks.lifecycle.sweep_inputs import SweepInputs, inputs_of
from tasks.lifecycle.sweep_landing import land_piece
from tasks.lifecycle.sweep_progress import Progress
from tasks.lifecycle.sweeps import Measured, Sweep, measure_here


@task(name="read", cache_policy=NO_CACHE)
def read(run: Run) -> SweepInputs:
    """Read the circuit, the points and the observables, as they were when the run began."""
    inputs = inputs_of(run.asked, keep=open_runtime(home()).pins(run.run_id))
    if told := many_turns(inputs.read, inputs.spec.points):
        emit("sweep.turns", told=told)
    return inputs


@task(name="choose", cache_policy=NO_CACHE)
def choose(run: Run, *, inputs: SweepInputs, readout_shots: int) -> Run:
    """Return the run with its target; one that was left open is chosen for the whole sweep."""
    piece = sweep_piece(inputs, readout_shots=readout_shots)
    return choose_target(run, piece, runtime=open_runtime(home()))


@task(name="wait for the same", cache_policy=NO_CACHE)
def await_same(run: Run, *, inputs: SweepInputs) -> None:
    """Let other runs that buy the same end: what they have measured is not bought again."""
    await_turn(run, inputs.spec, runtime=open_runtime(home()))


@task(name="divide", cache_policy=NO_CACHE)
def divide(experiment: Experiment, *, run: Run, inputs: SweepInputs) -> Sweep:
    """Find what of the sweep is still to be measured: not what an earlier one has, as it stands."""
    runtime = open_runtime(home())
    spec = replace(inputs.spec, targets=run.targets)
    now = experiment.snapshot.calibration_id
    before = history(spec, run=run, calibration_id=now, runtime=runtime)
    if before.set_aside:
        emit("sweep.set_aside", runs=len(before.set_aside))
    return Sweep(experiment, spec, before, inputs.read)


@task(name="quote", cache_policy=NO_CACHE)
def quote(sweeps: Sequence[Sweep], *, readout_shots: int) -> Quote:
    """Price every piece on every target, and what corrects them, before the first is measured."""
    runtime = open_runtime(home())
    each = {
        one.target: sweep_ahead.quote(one, readout_shots=readout_shots, runtime=runtime)
        for one in sweeps
    }
    run = runtime.journal.run(sweeps[0].experiment.run_id)
    return record(each, run=run, runtime=runtime)


@task(name="measure", cache_policy=NO_CACHE, task_run_name="measure {piece.name}")
def measure(sweep: Sweep, *, piece: Piece) -> Measured:
    """Measure one piece: simulated in one go, or bought."""
    runtime = open_runtime(home())
    dispatch = runtime.dispatch(runtime.journal.run(sweep.experiment.run_id).at(sweep.target))
    if dispatch.backend.charges:
        return buy(sweep, piece, dispatch=dispatch, runtime=runtime)
    return measure_here(sweep, piece, dispatch=dispatch)


@task(name="divide points", cache_policy=NO_CACHE)
def due(sweeps: Sequence[Sweep]) -> Progress:
    """Return the pieces that are not in the lake yet."""
    runtime = open_runtime(home())
    left = [piece for one in sweeps for piece in sweep_ahead.due(one, runtime=runtime)]
    of = sum(one.n_measurements for one in sweeps)
    progress = Progress(left)
    simulated = [one for one in sweeps if not is_bought(one)]
    tell_if_long([sweep_simulation(one, progress.on(one.target)) for one in simulated])
    emit("sweep.divided", chunks=len(left), points=progress.points, of=of)
    return progress


@task(name="land", cache_policy=NO_CACHE, task_run_name="land {measured.wanted.name}")
def land(
    measured: Measured, *, sweep: Sweep, confusion: Confusion | None, progress: Progress
) -> None:
    """Check and publish one piece with its estimates, and say how far the sweep is."""
    runtime = open_runtime(home())
    land_piece(measured, sweep=sweep, confusion=confusion, runtime=runtime)
    others = {execution.run_id for execution in measured.executions} - {sweep.experiment.run_id}
    for other in others:
        update_books(runtime.journal.run(other), runtime=runtime)
    progress.landed(measured.wanted)


@task(name="measure and land", cache_policy=NO_CACHE, task_run_name="measure {piece.name}")
def measure_and_land(
    sweep: Sweep, *, piece: Piece, confusion: Confusion | None
) -> tuple[Event, ...]:
    """Simulate and publish one piece in a process of a cluster; return what happened there."""
    runtime, happened = open_runtime(home()), away()
    dispatch = runtime.dispatch(runtime.journal.run(sweep.experiment.run_id).at(sweep.target))
    measured = measure_here(sweep, piece, dispatch=dispatch)
    land_piece(measured, sweep=sweep, confusion=confusion, runtime=runtime)
    return happened.taken()


def is_bought(sweep: Sweep) -> bool:
    """Whether the pieces cost money: then one process alone works on them."""
    return is_braket(sweep.target)


def tell(happened: Iterable[Event], *, piece: Piece, progress: Progress) -> None:
    """Say what happened in another process as if it had been here, and how far the sweep is."""
    for event in happened:
        emit(event.name, **event.fields)
    progress.landed(piece)
