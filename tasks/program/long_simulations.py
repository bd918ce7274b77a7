"""Say how long a simulation of minutes will take, before it begins."""

from collections.abc import Sequence

from datasets.records.circuits import Circuit
from tasks.backends import noise
from tasks.core.progress.events import emit
from tasks.core.progress.simulation_time import Simulation, long_line, simulation
from tasks.program.experiment import Experiment


def tell_if_long(todo: Sequence[Simulation]) -> None:
    """Emit a line where the simulations take minutes."""
    if told := long_line(todo):
        emit("simulation.long", told=told)


def simulation_of(
    circuits: Sequence[Circuit], experiment: Experiment, *, n_points: int
) -> Simulation:
    """Return what an experiment's target takes to simulate circuits at so many points each."""
    dense = noise.at(experiment.snapshot) is not None
    return simulation(circuits, points=n_points, dense=dense)
