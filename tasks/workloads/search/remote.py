"""The steps of a loop on a target that charges: each execution written down before it is bought."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from datasets.records.executions import Collected, Estimate, ExecutionState, Purpose
from datasets.records.runs import Iteration
from tasks.context.dispatch import Dispatch
from tasks.context.runtime import Runtime
from tasks.core.mitigation.composition import estimate_energy
from tasks.core.mitigation.readout import Confusion
from tasks.core.planning.planner import total_usd
from tasks.execution.executions import collect
from tasks.execution.landing import land_counts
from tasks.program.experiment import Experiment, Search, execute
from tasks.rows.rows import estimate_row, iteration_row
from tasks.workloads.search.steps import Point

CHUNK = 10  # iterations a landing: checks and file syncs are paid once for all of them


@dataclass(slots=True)
class BoughtSteps:
    """The steps of one run; `lost` are the chunks that it has landed and the lake has not."""

    experiment: Experiment
    search: Search
    confusion: Confusion | None
    runtime: Runtime
    dispatch: Dispatch
    lost: frozenset[str] = frozenset()

    def take(self, index: int, points: tuple[Point, ...]) -> Iteration:
        """Buy, wait, estimate, and write the iteration down."""
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

    def passed(self, done: Sequence[Iteration]) -> None:
        """Land a chunk when it is full."""
        if len(done) % CHUNK == 0:
            self._land(done[-CHUNK:])

    def end(self, done: Sequence[Iteration]) -> None:
        """Land what is left over."""
        self._land(done[len(done) - len(done) % CHUNK :])

    def _estimates(self, collected: Sequence[Collected]) -> list[Estimate]:
        return [
            estimate_energy(
                sample, mitigation=self.search.mitigation.in_loop, confusion=self.confusion
            )
            for sample in self.experiment.samples(collected)
        ]

    def _land(self, done: Sequence[Iteration]) -> None:
        """Put iterations into the lake, unless they are there."""
        numbers = [iteration.iteration for iteration in done]
        entries = [
            entry
            for entry in self.runtime.journal.executions(self.experiment.run_id)
            if entry.execution.purpose is Purpose.ITERATION and entry.execution.iteration in numbers
        ]
        ended = {ExecutionState.COMPLETED, ExecutionState.PARTIAL}
        chunk = f"iterations-{numbers[0]:06d}" if numbers else ""
        there = self.runtime.lake.names("estimates", self.experiment.run_id)
        lost = chunk in self.lost or chunk not in there
        if not numbers or not (lost or any(entry.state in ended for entry in entries)):
            return
        whole = [entry.execution for entry in entries if entry.execution.parent_id is None]
        # The iterations are written down: what came back of them is what they were made of.
        collected = collect(whole, dispatch=replace(self.dispatch, buying=False))
        by_iteration = {
            number: [item for item in collected if item.execution.iteration == number]
            for number in numbers
        }
        estimates = [
            estimate_row(estimate, collected=items, point=point)
            for items in by_iteration.values()
            for point, estimate in enumerate(self._estimates(items))
        ]
        land_counts(
            collected,
            runtime=self.runtime,
            chunk=chunk,
            estimates=estimates,
            iterations=[iteration_row(iteration, charged=True) for iteration in done],
        )
