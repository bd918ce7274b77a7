"""Say how long a simulation of minutes will take, before it begins."""

from collections.abc import Sequence

from tasks.backends import noise
from tasks.core.events import emit
from tasks.core.optimisers.registry import points_per_iteration
from tasks.core.simulation_time import Simulation, long_line, simulation
from tasks.core.sweeps.work import Piece
from tasks.lifecycle.experiment import Experiment, Search
from tasks.lifecycle.sweeps import Sweep


def tell_if_long(todo: Sequence[Simulation]) -> None:
    """Emit a line where the simulations take minutes."""
    if told := long_line(todo):
        emit("simulation.long", told=told)


def loop_simulation(experiment: Experiment, *, search: Search, done: int) -> Simulation:
    """Return the simulation of a loop's iterations that are not `done`, if all are needed."""
    left = max(search.iterations - done, 0)
    points = left * points_per_iteration(search.optimizer, experiment.program.frequencies)
    circuits = [experiment.compiled.circuit]  # all bases are read from one evolution
    return simulation(circuits, points=points, dense=_is_dense(experiment))


def sweep_simulation(sweep: Sweep, left: Sequence[Piece]) -> Simulation:
    """Return the simulation of the pieces of a sweep that are left."""
    points = sum(piece.n_points for piece in left)
    return simulation(sweep.circuits, points=points, dense=_is_dense(sweep.experiment))


def _is_dense(experiment: Experiment) -> bool:
    return noise.at(experiment.snapshot) is not None
