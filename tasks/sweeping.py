"""The stages of a sweep: what is asked for, each piece measured, each piece landed."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.runs import Run
from tasks.core.events import emit
from tasks.core.mitigation.readout import Confusion
from tasks.core.quotes import Quote
from tasks.core.sweeps.work import Piece
from tasks.lifecycle import sweeps
from tasks.lifecycle.experiment import Experiment
from tasks.lifecycle.runtime import open_runtime
from tasks.lifecycle.sweep_history import earlier
from tasks.lifecycle.sweep_inputs import SweepInputs, folder_of, inputs_of
from tasks.lifecycle.sweep_landing import land_piece
from tasks.lifecycle.sweeps import Measured, Sweep


@task(name="read", cache_policy=NO_CACHE)
def read(run: Run) -> SweepInputs:
    """Read the circuit, the points and the observables, as they were when the run began."""
    return inputs_of(run.asked, folder=folder_of(run, home=home()))


@task(name="divide", cache_policy=NO_CACHE)
def divide(experiment: Experiment, *, run: Run, inputs: SweepInputs) -> Sweep:
    """Find what of the sweep is still to be measured: not what an earlier one has."""
    runtime = open_runtime(home())
    before = earlier(inputs.spec, run=run, runtime=runtime)
    return Sweep(experiment, inputs.spec, before, inputs.read)


@task(name="quote", cache_policy=NO_CACHE)
def quote(sweep: Sweep, *, readout_shots: int) -> Quote:
    """Price every piece, and what corrects them, before the first is measured."""
    runtime = open_runtime(home())
    quoted = sweeps.quote(sweep, readout_shots=readout_shots, runtime=runtime)
    runtime.journal.quote(sweep.experiment.run_id, quoted.usd)
    emit("run.quoted", quote=quoted)
    return quoted


@task(name="measure", cache_policy=NO_CACHE, task_run_name="measure {piece.key}")
def measure(sweep: Sweep, *, piece: Piece) -> Measured:
    """Measure one piece: simulated in one go, or bought."""
    runtime = open_runtime(home())
    dispatch = runtime.dispatch(runtime.journal.run(sweep.experiment.run_id))
    way = sweeps.buy if dispatch.backend.charges else sweeps.measure_here
    return way(sweep, piece, dispatch=dispatch)


@task(name="land", cache_policy=NO_CACHE, task_run_name="land {measured.piece.key}")
def land(measured: Measured, *, sweep: Sweep, confusion: Confusion | None) -> None:
    """Check and publish one piece with its estimates."""
    land_piece(measured, sweep=sweep, confusion=confusion, runtime=open_runtime(home()))
    emit("piece.landed", points=measured.piece.n_points)


def due(sweep: Sweep) -> list[Piece]:
    """Return the pieces that are not in the lake yet."""
    left = sweeps.due(sweep, runtime=open_runtime(home()))
    points = sum(piece.n_points for piece in left)
    emit("sweep.divided", chunks=len(left), points=points, of=sweep.n_measurements)
    return left
