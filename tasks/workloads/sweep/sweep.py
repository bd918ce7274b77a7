"""A sweep on one target: its pieces, each measured once and landed once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from datasets.records.blocks import CountsBlock, Form
from datasets.records.circuits import Circuit
from datasets.records.executions import (
    Collected,
    Executable,
    Execution,
    ExecutionId,
    ExecutionState,
    Purpose,
)
from tasks.backends.batches import measure as measure_together
from tasks.backends.protocol import Outcome
from tasks.backends.targets import is_bought
from tasks.context.dispatch import Dispatch
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.estimation.measurements import bits_of
from tasks.core.estimation.observables import Observable
from tasks.core.identity import canonical
from tasks.core.mitigation import zne
from tasks.core.mitigation.composition import Mitigation
from tasks.core.money.quotes import Quote, quote_circuits
from tasks.core.qasm.circuit import ReadCircuit
from tasks.core.sweeps.chunking import chunk_points
from tasks.core.sweeps.work import Piece, SweepSpec, chunks, pieces
from tasks.execution.executions import write_outcome
from tasks.program.experiment import Experiment
from tasks.workloads.sweep.history import History

TASKS_TOGETHER = 10  # program sets that are in flight for a chunk


@dataclass(frozen=True, slots=True)
class Sweep:
    """One run's sweep on one of its targets, compiled for it, and which sweeps came before."""

    experiment: Experiment
    spec: SweepSpec
    history: History
    read: ReadCircuit

    @property
    def n_measurements(self) -> int:
        """How often some point is measured, over all repetitions."""
        return len(self.spec.points) * self.spec.repetitions

    @property
    def observables(self) -> tuple[Observable, ...]:
        """The observables with a letter for each bit of an outcome."""
        return bits_of(self.read, self.spec.observables).of(self.spec.observables)

    @property
    def mitigation(self) -> Mitigation:
        """The techniques that were asked for."""
        return Mitigation.parse(self.spec.mitigation)

    @property
    def forms(self) -> tuple[Form, ...]:
        """The circuits that are run at every point, noise scale by noise scale."""
        return tuple(
            Form(group.basis, zne.variant(scale))
            for scale in self.mitigation.scales
            for group in self.experiment.groups
        )

    @property
    def circuits(self) -> tuple[Circuit, ...]:
        """The native circuit of each form."""
        measured = {item.basis: item.circuit for item in self.experiment.compiled.measured}
        return tuple(
            zne.expand(measured[group.basis], scale=scale)
            for scale in self.mitigation.scales
            for group in self.experiment.groups
        )

    @property
    def chunk_points(self) -> int:
        """How many points go together: on a device that is asked over the network, a few tasks."""
        limits = self.experiment.snapshot.limits
        limit = limits.program_set_executables if is_bought(self.experiment.target) else None
        return chunk_points(
            n_qubits=len(self.experiment.compiled.measured_qubits),
            n_forms=len(self.forms),
            shots=self.spec.shots,
            limit=limit and limit * TASKS_TOGETHER,
        )

    def pieces(self) -> Iterator[Piece]:
        """Yield what is to be measured, chunk by chunk."""
        for chunk in chunks(len(self.spec.points), chunk_points=self.chunk_points):
            yield from pieces(
                self.spec,
                chunk,
                target=self.target,
                earlier=self.history.earlier,
                calibration=self.history.calibration,
            )

    @property
    def target(self) -> str:
        """Where it runs."""
        return self.experiment.target

    def points(self, piece: Piece) -> NDArray[np.float64]:
        """Return the points of a piece: (n_points, n_parameters), columns in the order of names."""
        whole = self.spec.points.block(piece.rows[0].start, piece.rows[-1].stop)
        return whole[piece.numbers() - piece.rows[0].start]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What a piece brought: the counts as arrays, and the executions that they belong to.

    `piece` has the points that came back, `missing` the numbers of the others of `wanted`, each
    with the reason. `collected` is empty where one execution holds the whole piece.
    """

    wanted: Piece
    piece: Piece
    block: CountsBlock
    executions: tuple[Execution, ...]
    collected: tuple[Collected, ...] = ()
    missing: Mapping[int, str] = field(default_factory=dict)


def measure_here(sweep: Sweep, piece: Piece, *, dispatch: Dispatch) -> Measured:
    """Simulate a piece in one go; the same piece gives the same counts, however often it is run."""
    dispatch.check_wanted()
    execution = _one_execution(sweep, piece)
    journal = dispatch.journal
    journal.intend(execution)
    journal.submitted(
        execution.execution_id,
        execution.execution_id,
        calibration_id=execution.calibration_id,
    )
    started = datetime.now(UTC)
    block, engine = measure_together(
        sweep.circuits,
        sweep.read.values(sweep.points(piece)),
        forms=sweep.forms,
        measured_qubits=sweep.experiment.compiled.measured_qubits,
        names=sweep.read.circuit.parameters,
        shots=piece.shots,
        seed=execution.seed,
        snapshot=sweep.experiment.snapshot,
    )
    ended = Outcome(
        state=ExecutionState.COMPLETED,
        shots_returned=execution.shots,
        started_at=started,
        ended_at=datetime.now(UTC),
        calibration_id_end=sweep.experiment.snapshot.calibration_id,
        engine=engine,
    )
    write_outcome(execution, ended, journal=journal)
    return Measured(piece, piece, block, (execution,))


def _one_execution(sweep: Sweep, piece: Piece) -> Execution:
    """Return the execution that is a whole piece; its id is the piece's content."""
    n_circuits = piece.n_points * len(sweep.forms)
    shots = piece.shots * n_circuits
    return Execution(
        execution_id=ExecutionId(piece.key),
        run_id=sweep.experiment.run_id,
        target=sweep.experiment.target,
        compiled_id=sweep.experiment.compiled.compiled_id,
        calibration_id=sweep.experiment.snapshot.calibration_id,
        action=_action(sweep, piece),
        shots=shots,
        seed=piece.seed,
        executables=(Executable(piece.rows[0].start, "all", "all", n_circuits),),
        purpose=Purpose.ESTIMATE,
        iteration=-1,
        cost_usd=quote_piece(sweep, piece).usd,
    )


def quote_piece(sweep: Sweep, piece: Piece) -> Quote:
    """Return what the device would charge, in as few tasks as it allows."""
    count, scales = piece.n_points * len(sweep.forms), len(sweep.mitigation.scales)
    return quote_circuits(
        count,
        shots=piece.shots,
        snapshot=sweep.experiment.snapshot,
        noisier=count - count // scales,
    )


def _action(sweep: Sweep, piece: Piece) -> bytes:
    """Return what is simulated: the circuits, and which points of which sweep."""
    qubits = sweep.experiment.compiled.measured_qubits
    sources = {
        f"{form.basis} {form.variant}": to_openqasm(circuit, measured_qubits=qubits, verbatim=True)
        for form, circuit in zip(sweep.forms, sweep.circuits, strict=True)
    }
    return canonical(
        {
            "experiment": sweep.spec.experiment_id,
            "sources": sources,
            "points": [[run.start, run.stop] for run in piece.rows],
            "shots": [piece.first_shot, piece.last_shot],
        }
    )
