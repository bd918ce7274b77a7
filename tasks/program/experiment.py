"""One program on one calibration, and how its energies are measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from datasets.records.compiled import CompiledProgram
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Collected, Execution, Purpose, RunId
from datasets.records.graphs import Graph
from datasets.records.problems import Problem, Program
from datasets.records.runs import Run
from tasks.context.device_options import options_of, written
from tasks.context.dispatch import Dispatch
from tasks.core.mitigation.composition import Mitigation, Sample
from tasks.core.physics import cuts, qaoa
from tasks.core.physics.ansatz import Kind, build, initial_parameters
from tasks.core.physics.grouping import Group, group
from tasks.core.physics.pauli import weight
from tasks.core.planning.orders import Setting
from tasks.core.planning.planner import plan_energies, plan_readout
from tasks.core.planning.samples import samples
from tasks.execution.executions import collect, submit
from tasks.requests.search import SearchRequest


@dataclass(frozen=True, slots=True)
class Prepared:
    """A problem with its trial program, measurement groups and starting point."""

    problem: Problem
    program: Program
    groups: tuple[Group, ...]
    start: tuple[float, ...]


def prepared(problem: Problem, *, kind: Kind, layers: int, seed: int) -> Prepared:
    """Build the trial program and group what is to be measured."""
    program = build(problem, kind=kind, layers=layers)
    start = initial_parameters(program, kind=kind, rng=np.random.default_rng([seed, 1]))
    return Prepared(problem, program, group(program.observable), tuple(start.tolist()))


def prepared_cut(graph: Graph, *, layers: int) -> Prepared:
    """Build the trial program for a graph's maximum cut, which one basis measures."""
    program = qaoa.ansatz(graph, layers=layers)
    start = qaoa.start(graph, layers=layers)
    return Prepared(cuts.problem(graph), program, group(program.observable), start)


@dataclass(frozen=True, slots=True)
class Search:
    """How a variational run looks for its minimum, and how well it measures what it finds.

    `shots` are spent on each energy of an iteration, `final_shots` on the final estimate over all
    noise scales, `readout_shots` on each of the two readout calibration circuits.
    """

    optimizer: str
    start: tuple[float, ...]
    iterations: int
    mitigation: Mitigation
    shots: int
    final_shots: int
    readout_shots: int

    @classmethod
    def of(cls, asked: SearchRequest, *, start: tuple[float, ...]) -> Self:
        """Return how to look for the optimum that is asked for, from a starting point."""
        return cls(
            optimizer=asked.optimizer,
            start=start,
            iterations=asked.iterations,
            mitigation=Mitigation.parse(asked.mitigate),
            shots=asked.shots,
            final_shots=asked.final_shots,
            readout_shots=asked.readout_shots,
        )


@dataclass(frozen=True, slots=True)
class Experiment:
    """What every execution of a run has in common; `options` as an execution carries them."""

    run_id: RunId
    seed: int
    target: str
    program: Program
    groups: tuple[Group, ...]
    snapshot: DeviceSnapshot
    compiled: CompiledProgram
    options: str = ""

    def of(self, run: Run) -> Self:
        """Return the experiment as a run has it."""
        return replace(self, run_id=run.run_id, options=written(options_of(run)))

    @property
    def constant(self) -> float:
        """The coefficient of the identity: the energy of the fully mixed state."""
        terms = self.program.observable.terms
        return sum(term.coefficient for term in terms if weight(term.pauli) == 0)

    def setting(self, purpose: Purpose, iteration: int = -1) -> Setting:
        """Return what an execution of this experiment belongs to."""
        return Setting(self.run_id, self.seed, self.target, purpose, iteration, self.options)

    def energies(
        self,
        points: Sequence[Sequence[float]],
        *,
        mitigation: Mitigation,
        shots: int,
        purpose: Purpose,
        iteration: int = -1,
    ) -> tuple[Execution, ...]:
        """Plan the executions that measure the energy at `points` (n_points, n_parameters)."""
        names = self.program.parameters
        return plan_energies(
            self.compiled,
            snapshot=self.snapshot,
            groups=self.groups,
            points=[dict(zip(names, point, strict=True)) for point in points],
            scales=mitigation.scales,
            shares=mitigation.shot_shares,
            shots=shots,
            setting=self.setting(purpose, iteration),
        )

    def readout(self, *, shots: int) -> tuple[Execution, ...]:
        """Plan the execution that learns how the measured qubits are misread."""
        return plan_readout(
            self.compiled,
            snapshot=self.snapshot,
            shots=shots,
            setting=self.setting(Purpose.READOUT),
        )

    def samples(self, collected: Sequence[Collected]) -> tuple[Sample, ...]:
        """Sort what came back, one sample a point."""
        return samples(collected, groups=self.groups, constant=self.constant)


def execute(executions: Sequence[Execution], *, dispatch: Dispatch) -> tuple[Collected, ...]:
    """Submit and collect."""
    submit(executions, dispatch=dispatch)
    return collect(executions, dispatch=dispatch)
