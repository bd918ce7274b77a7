"""The hybrid loop: ask the optimiser, run, estimate, write down, tell the optimiser.

The journal's iterations are the optimiser's memory. A resumed loop starts the optimiser afresh and
answers from the journal until it asks something new, so it ends exactly as if nothing had happened.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from datasets.records.runs import Iteration
from tasks.context.runtime import Runtime
from tasks.core.mitigation.readout import Confusion
from tasks.core.optimisers.registry import optimise, points_per_iteration
from tasks.core.optimisers.session import Evaluation, Optimum
from tasks.core.physics.goals import ENERGY, Goal
from tasks.core.progress.events import emit
from tasks.errors import StorageFault
from tasks.execution.losses import lost_chunks
from tasks.program.experiment import Experiment, Search
from tasks.program.long_simulations import simulation_of, tell_if_long
from tasks.workloads.search.local import SimulatedSteps
from tasks.workloads.search.remote import BoughtSteps
from tasks.workloads.search.simulation import measuring
from tasks.workloads.search.steps import Point, Steps


@dataclass(slots=True)
class Loop:
    """One run's loop over an experiment; `known` is what the journal holds of it already."""

    experiment: Experiment
    search: Search
    steps: Steps
    known: tuple[Iteration, ...]
    goal: Goal = ENERGY
    _done: list[Iteration] = field(default_factory=list)

    def run(self) -> Optimum:
        """Minimise the energy."""
        optimum = optimise(
            self.search.optimizer,
            self._evaluate,
            start=self.search.start,
            frequencies=self.experiment.program.frequencies,
            max_iterations=self.search.iterations,
            rng=np.random.default_rng([self.experiment.seed, 0]),
        )
        emit(
            "loop.ended",
            iterations=optimum.iterations,
            of=self.search.iterations,
            converged=optimum.converged,
        )
        self.steps.end(self._done)
        return optimum

    def _evaluate(self, points: NDArray[np.float64]) -> list[Evaluation]:
        index = len(self._done)
        asked = tuple(tuple(point) for point in points.tolist())
        replayed = index < len(self.known)
        iteration = self._known(index, asked) if replayed else self.steps.take(index, asked)
        self._done.append(iteration)
        self._tell(iteration, replayed=replayed)
        self.steps.passed(self._done)
        return [Evaluation(value, stderr) for value, stderr in iteration.energies]

    def _known(self, index: int, asked: tuple[Point, ...]) -> Iteration:
        known = self.known[index]
        if known.points != asked:
            message = (
                f"Iteration {known.iteration} of run {known.run_id} asks for other points than the "
                "journal holds: the code or its libraries have changed since. Resume it with the "
                "release that began it, or start a new run."
            )
            raise StorageFault(message)
        return known

    def _tell(self, iteration: Iteration, *, replayed: bool) -> None:
        value, stderr = iteration.energies[0]
        emit(
            "iteration.completed",
            iteration=iteration.iteration,
            of=self.search.iterations,
            energy=value,
            stderr=stderr,
            figure=self.goal.told(value, stderr),
            shots=iteration.shots,
            cost_usd=iteration.cost_usd,
            elapsed_s=iteration.elapsed_s,
            replayed=replayed,
        )


def steps(
    experiment: Experiment, *, search: Search, confusion: Confusion | None, runtime: Runtime
) -> Steps:
    """Return how the run takes the steps of its loop: bought, or simulated where nobody charges."""
    run_id = experiment.run_id
    dispatch = runtime.dispatch(runtime.journal.run(run_id))
    done = runtime.journal.iterations(run_id)
    lost = lost_chunks(run_id, runtime=runtime) if done else frozenset()
    if dispatch.backend.charges:
        return BoughtSteps(experiment, search, confusion, runtime, dispatch, lost)
    made = measuring(experiment, search=search, confusion=confusion)
    left = max(search.iterations - len(done), 0)
    points = left * points_per_iteration(search.optimizer, experiment.program.frequencies)
    circuits = [experiment.compiled.circuit]  # all bases are read from one evolution
    tell_if_long([simulation_of(circuits, experiment, n_points=points)])
    return SimulatedSteps(made, runtime, dispatch, lost)
