"""Say of a simulation that will take minutes how long, before it begins."""

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


def loop_ahead(experiment: Experiment, *, search: Search, done: int) -> Simulation:
    """Return what the iterations of a loop take that are not `done`, if all are needed."""
    left = max(search.iterations - done, 0)
    points = left * points_per_iteration(search.optimizer, experiment.program.frequencies)
    circuits = [experiment.compiled.circuit]  # all bases are read from one evolution
    return simulation(circuits, points=points, dense=_is_dense(experiment))


def sweep_ahead(sweep: Sweep, left: Sequence[Piece]) -> Simulation:
    """Return what the pieces of a sweep take that are left."""
    points = sum(piece.n_points for piece in left)
    return simulation(sweep.circuits, points=points, dense=_is_dense(sweep.experiment))


def _is_dense(experiment: Experiment) -> bool:
    return noise.at(experiment.snapshot) is not None
