"""Measure the energies of a loop's iteration here, in one call of the engine."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from datasets.journal.rows import Entry
from datasets.records.blocks import CountsBlock, Form
from datasets.records.executions import (
    Executable,
    Execution,
    ExecutionId,
    ExecutionState,
    Purpose,
)
from tasks.backends import noise
from tasks.backends.engine.results import Counts
from tasks.backends.lowered import Lowered, lower
from tasks.core.estimation.energies import Estimator, estimator
from tasks.core.estimation.points import Estimates
from tasks.core.identity import canonical, execution_id
from tasks.core.mitigation.readout import Confusion
from tasks.core.planning.planner import sampling_seed, total_usd
from tasks.program.experiment import Experiment, Search
from tasks.workloads.search.steps import Point

RAW = "raw"  # a loop's iterations measure nothing but the circuits as they are


@dataclass(frozen=True, slots=True)
class Share:
    """What each iteration with so many points consists of, as it would be bought.

    `shots` are those of each group at a point.
    """

    shots: tuple[int, ...]
    executables: tuple[Executable, ...]
    cost_usd: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One iteration's counts, the energies made of them, when that was, and what simulated it."""

    index: int
    points: tuple[Point, ...]
    block: CountsBlock
    estimates: Estimates
    began: datetime
    ended: datetime
    engine: str


@dataclass(slots=True)
class Measuring:
    """How every iteration of a run is measured; made once."""

    experiment: Experiment
    search: Search
    lowered: Lowered
    estimator: Estimator
    forms: tuple[Form, ...]
    _shares: dict[int, Share] = field(default_factory=dict)

    def measure(self, index: int, points: tuple[Point, ...]) -> Measured:
        """Simulate all points in all bases together; the same iteration gives the same counts."""
        began = datetime.now(UTC)
        share = self.share(points)
        found = self.lowered.counts(np.array(points), shots=share.shots, seed=self.seed(index))
        block = self.block(found)
        estimates = self.estimator.energies(block)
        ended, engine = datetime.now(UTC), found.choice.told
        return Measured(index, points, block, estimates, began, ended, engine)

    def block(self, found: Counts) -> CountsBlock:
        """Return what the engine counted, as the counts of the groups."""
        return CountsBlock(
            n_points=found.n_points,
            n_qubits=len(self.experiment.compiled.measured_qubits),
            forms=self.forms,
            outcomes=found.outcomes,
            counts=found.counts,
            offsets=found.offsets,
        )

    def seed(self, index: int) -> int:
        """Return the seed of an iteration's sampling."""
        return sampling_seed(self.experiment.setting(Purpose.ITERATION, index), 0)

    def share(self, points: Sequence[Point]) -> Share:
        """Return how an iteration of so many points is planned for the target."""
        known = self._shares.get(len(points))
        if known is None:
            known = self._shares[len(points)] = self._planned(points)
        return known

    def _planned(self, points: Sequence[Point]) -> Share:
        executions = self.experiment.energies(
            points,
            mitigation=self.search.mitigation.in_loop,
            shots=self.search.shots,
            purpose=Purpose.ITERATION,
        )
        places = {form.basis: place for place, form in enumerate(self.forms)}
        shots, copies = [0] * len(places), [0] * len(places)
        for execution in executions:
            each = execution.shots // sum(e.copies for e in execution.executables)
            for executable in execution.executables:
                if executable.point == 0:
                    copies[places[executable.basis]] += executable.copies
                    shots[places[executable.basis]] += each * executable.copies
        executables = tuple(
            Executable(point, form.basis, form.variant, count)
            for point in range(len(points))
            for form, count in zip(self.forms, copies, strict=True)
        )
        return Share(tuple(shots), executables, total_usd(executions))

    def entry(self, measured: Measured) -> Entry:
        """Return what the journal is to know of the iteration's execution, which has ended."""
        execution = self._execution(measured)
        return Entry(
            execution=execution,
            state=ExecutionState.COMPLETED,
            handle=execution.execution_id,
            shots_returned=execution.shots,
            calibration_id_submitted=execution.calibration_id,
            calibration_id_end=execution.calibration_id,
            created_at=measured.began,
            submitted_at=measured.began,
            started_at=measured.began,
            ended_at=measured.ended,
            failure=None,
            charged_usd=None,
            engine=measured.engine,
        )

    def _execution(self, measured: Measured) -> Execution:
        experiment, share = self.experiment, self.share(measured.points)
        seed, shots = self.seed(measured.index), sum(share.shots) * len(measured.points)
        action = canonical(
            {
                "compiled_id": experiment.compiled.compiled_id,
                "bases": [form.basis for form in self.forms],
                "points": measured.points,
                "shots": share.shots,
            }
        )
        found = execution_id(
            action,
            target=experiment.target,
            device_parameters={"seed": seed},
            shots=shots,
            repetition=measured.index,
            run_id=experiment.run_id,
        )
        return Execution(
            execution_id=ExecutionId(found),
            run_id=experiment.run_id,
            target=experiment.target,
            compiled_id=experiment.compiled.compiled_id,
            calibration_id=experiment.snapshot.calibration_id,
            action=action,
            shots=shots,
            seed=seed,
            executables=share.executables,
            purpose=Purpose.ITERATION,
            iteration=measured.index,
            cost_usd=share.cost_usd,
            options=experiment.options,
        )


def measuring(experiment: Experiment, *, search: Search, confusion: Confusion | None) -> Measuring:
    """Lower the experiment's circuits, and tabulate what their outcomes count for."""
    circuits = {item.basis: item.circuit for item in experiment.compiled.measured}
    lowered = lower(
        [circuits[group.basis] for group in experiment.groups],
        measured_qubits=experiment.compiled.measured_qubits,
        names=experiment.program.parameters,
        noise=noise.at(experiment.snapshot),
    )
    made = estimator(
        experiment.program.observable,
        groups=experiment.groups,
        mitigation=search.mitigation.in_loop,
        confusion=confusion,
    )
    forms = tuple(Form(group.basis, RAW) for group in experiment.groups)
    return Measuring(experiment, search, lowered, made, forms)
