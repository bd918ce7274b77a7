"""The hybrid loop: ask the optimiser, run, estimate, write down, tell the optimiser.

The journal's iterations are the optimiser's memory. A resumed loop starts the optimiser afresh and
answers from the journal until it asks something new, so it ends exactly as if nothing had happened.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from datasets.records.executions import Collected, Estimate, ExecutionState, Purpose
from datasets.records.runs import Iteration
from tasks.core.events import emit
from tasks.core.mitigation.composition import estimate_energy
from tasks.core.mitigation.readout import Confusion
from tasks.core.optimisers.registry import optimise
from tasks.core.optimisers.session import Evaluation, Optimum
from tasks.core.planning import total_usd
from tasks.errors import StorageFault
from tasks.lifecycle.dispatch import Dispatch
from tasks.lifecycle.executions import collect
from tasks.lifecycle.experiment import Experiment, Search, execute
from tasks.lifecycle.landing import land_counts
from tasks.lifecycle.rows import estimate_row, iteration_row
from tasks.lifecycle.runtime import Runtime

CHUNK = 10  # iterations a landing: checks and file syncs are paid once for all of them


@dataclass(slots=True)
class Loop:
    """One run's loop over an experiment."""

    experiment: Experiment
    search: Search
    confusion: Confusion | None
    runtime: Runtime
    dispatch: Dispatch
    _done: list[Iteration] = field(default_factory=list)
    _next: int = 0

    def run(self) -> Optimum:
        """Minimise the energy, landing the iterations in chunks."""
        self._done = list(self.runtime.journal.iterations(self.experiment.run_id))
        optimum = optimise(
            self.search.optimizer,
            self._evaluate,
            start=self.search.start,
            frequencies=self.experiment.program.frequencies,
            max_iterations=self.search.iterations,
            rng=np.random.default_rng([self.experiment.seed, 0]),
        )
        self._land(self._next - self._next % CHUNK, self._next)
        return optimum

    def _evaluate(self, points: NDArray[np.float64]) -> list[Evaluation]:
        index = self._next
        asked = tuple(tuple(point) for point in points.tolist())
        if replayed := index < len(self._done):
            self._check_replay(self._done[index], asked)
        else:
            self._done.append(self._step(index, asked))
        self._next += 1
        iteration = self._done[index]
        self._tell(iteration, replayed=replayed)
        if self._next % CHUNK == 0:
            self._land(self._next - CHUNK, self._next)
        return [Evaluation(value, stderr) for value, stderr in iteration.energies]

    def _step(self, index: int, points: tuple[tuple[float, ...], ...]) -> Iteration:
        began = time.monotonic()
        executions = self.experiment.energies(
            points,
            mitigation=self.search.mitigation.in_loop,
            shots=self.search.shots,
            purpose=Purpose.ITERATION,
            iteration=index,
        )
        collected = execute(executions, dispatch=self.dispatch)
        estimates = self._estimates(collected)
        iteration = Iteration(
            run_id=self.experiment.run_id,
            iteration=index,
            points=points,
            energies=tuple((estimate.value, estimate.stderr) for estimate in estimates),
            shots=sum(item.execution.shots for item in collected),
            cost_usd=total_usd([item.execution for item in collected]),
            elapsed_s=time.monotonic() - began,
        )
        self.runtime.journal.record(iteration)
        return iteration

    def _estimates(self, collected: Sequence[Collected]) -> list[Estimate]:
        return [
            estimate_energy(
                sample, mitigation=self.search.mitigation.in_loop, confusion=self.confusion
            )
            for sample in self.experiment.samples(collected)
        ]

    def _check_replay(self, known: Iteration, asked: tuple[tuple[float, ...], ...]) -> None:
        if known.points != asked:
            message = (
                f"Iteration {known.iteration} of run {known.run_id} asks for other points than the "
                "journal holds: the code or its libraries have changed since. Resume it with the "
                "release that began it, or start a new run."
            )
            raise StorageFault(message)

    def _tell(self, iteration: Iteration, *, replayed: bool) -> None:
        value, stderr = iteration.energies[0]
        emit(
            "iteration.completed",
            iteration=iteration.iteration,
            of=self.search.iterations,
            energy=value,
            stderr=stderr,
            shots=iteration.shots,
            cost_usd=iteration.cost_usd,
            elapsed_s=iteration.elapsed_s,
            replayed=replayed,
        )

    def _land(self, start: int, stop: int) -> None:
        """Put the iterations start..stop-1 into the lake, unless they are there."""
        journal, run_id = self.runtime.journal, self.experiment.run_id
        entries = [
            entry
            for entry in journal.executions(run_id)
            if entry.execution.purpose is Purpose.ITERATION
            and start <= entry.execution.iteration < stop
        ]
        ended = {ExecutionState.COMPLETED, ExecutionState.PARTIAL}
        waiting = [entry for entry in entries if entry.state in ended]
        if not waiting:
            return
        whole = [entry.execution for entry in entries if entry.execution.parent_id is None]
        # The iterations are written down: what came back of them is what they were made of.
        collected = collect(whole, dispatch=replace(self.dispatch, buying=False))
        by_iteration = {
            index: [item for item in collected if item.execution.iteration == index]
            for index in range(start, stop)
        }
        estimates = [
            estimate_row(estimate, collected=items, point=point)
            for items in by_iteration.values()
            for point, estimate in enumerate(self._estimates(items))
        ]
        land_counts(
            collected,
            runtime=self.runtime,
            chunk=f"iterations-{start:06d}",
            estimates=estimates,
            iterations=[iteration_row(self._done[index]) for index in range(start, stop)],
        )
