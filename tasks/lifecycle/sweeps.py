"""A sweep on one target: its pieces, each measured once and landed once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from datasets.records.blocks import CountsBlock, Form
from datasets.records.circuits import Circuit
from datasets.records.executions import (
    Collected,
    Counts,
    Executable,
    Execution,
    ExecutionId,
    ExecutionState,
    Purpose,
)
from tasks.backends.batches import measure as measure_together
from tasks.backends.braket_devices import is_braket
from tasks.backends.protocol import Outcome
from tasks.core.identity import canonical
from tasks.core.mitigation import zne
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.openqasm import to_openqasm
from tasks.core.planning import plan_circuits
from tasks.core.qasm.circuit import ReadCircuit
from tasks.core.quotes import Quote, quote_circuits, quote_executions
from tasks.core.samples import added
from tasks.core.sweeps.chunking import chunk_points
from tasks.core.sweeps.work import Piece, SweepSpec, chunks, pieces
from tasks.lifecycle.dispatch import Dispatch
from tasks.lifecycle.executions import collect, submit, write_outcome
from tasks.lifecycle.experiment import Experiment
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.sweep_history import History

_BOUGHT = {ExecutionState.SUBMITTED, ExecutionState.COMPLETED, ExecutionState.PARTIAL}
TASKS_TOGETHER = 10  # program sets that are in flight for a chunk


@dataclass(frozen=True, slots=True)
class Sweep:
    """One run's sweep, compiled for its target, and which sweeps of the experiment came before."""

    experiment: Experiment
    spec: SweepSpec
    history: History
    read: ReadCircuit

    @property
    def n_measurements(self) -> int:
        """How often some point is measured, over all repetitions."""
        return len(self.spec.points) * self.spec.repetitions

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
        limit = limits.program_set_executables if is_braket(self.experiment.target) else None
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
                target=self.experiment.target,
                earlier=self.history.earlier,
                calibration=self.history.calibration,
            )

    def points(self, piece: Piece) -> NDArray[np.float64]:
        """Return the points of a piece: (n_points, n_parameters), columns in the order of names."""
        whole = self.spec.points.block(piece.rows[0].start, piece.rows[-1].stop)
        return whole[piece.numbers() - piece.rows[0].start]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What a piece brought: the counts as arrays, and the executions that they belong to.

    `collected` is empty where one execution holds the whole piece.
    """

    piece: Piece
    block: CountsBlock
    executions: tuple[Execution, ...]
    collected: tuple[Collected, ...] = ()


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
    block, _ = measure_together(
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
    )
    write_outcome(execution, ended, journal=journal)
    return Measured(piece, block, (execution,))


def buy(sweep: Sweep, piece: Piece, *, dispatch: Dispatch) -> Measured:
    """Buy a piece of a device that somebody sells: planned, packed, journaled, each task once."""
    planned = plan_piece(sweep, piece)
    submit(planned, dispatch=dispatch)
    collected = collect(planned, dispatch=dispatch)
    block = _block(collected, sweep.forms, numbers=piece.numbers().tolist())
    return Measured(piece, block, tuple(item.execution for item in collected), collected)


def plan_piece(sweep: Sweep, piece: Piece) -> tuple[Execution, ...]:
    """Return the executions that measure a piece on a device."""
    names = sweep.read.circuit.parameters
    values = sweep.read.values(sweep.points(piece))
    return plan_circuits(
        sweep.circuits,
        points=[dict(zip(names, row, strict=True)) for row in values.tolist()],
        numbers=piece.numbers().tolist(),
        keys=[(form.basis, form.variant) for form in sweep.forms],
        shots=piece.shots,
        compiled=sweep.experiment.compiled,
        snapshot=sweep.experiment.snapshot,
        setting=replace(sweep.experiment.setting(Purpose.ESTIMATE), seed=piece.seed),
    )


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
        cost_usd=_quote(sweep, piece).usd,
    )


def _quote(sweep: Sweep, piece: Piece) -> Quote:
    """Return what the device would charge, in as few tasks as it allows."""
    count = piece.n_points * len(sweep.forms)
    return quote_circuits(count, shots=piece.shots, snapshot=sweep.experiment.snapshot)


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


def _block(
    collected: Sequence[Collected], forms: Sequence[Form], *, numbers: Sequence[int]
) -> CountsBlock:
    """Bring what tasks returned into the order of points and forms; parts of one are added up."""
    points = {number: place for place, number in enumerate(numbers)}
    places = {(form.basis, form.variant): place for place, form in enumerate(forms)}
    found: dict[int, Counts] = {}
    for counts in (counts for item in collected for counts in item.counts if counts.shots):
        executable = counts.executable
        form = places[executable.basis, executable.variant]
        row = points[executable.point] * len(forms) + form
        found[row] = added(found[row], counts) if row in found else counts
    ordered = [found[row] for row in range(len(numbers) * len(forms))]
    lengths = np.array([0, *(len(counts.outcomes) for counts in ordered)], dtype=np.int64)
    return CountsBlock(
        n_points=len(numbers),
        n_qubits=ordered[0].n_qubits,
        forms=tuple(forms),
        outcomes=np.concatenate([counts.outcomes for counts in ordered]),
        counts=np.concatenate([counts.counts for counts in ordered]),
        offsets=np.cumsum(lengths),
    )


def due(sweep: Sweep, *, runtime: Runtime) -> list[Piece]:
    """Return the pieces whose counts are not in the lake, and those that the run has bought."""
    every = list(sweep.pieces())
    landed = runtime.journal.landed_chunks([piece.key for piece in every])
    paid = _at_the_device(sweep, runtime=runtime)
    return [
        piece
        for piece in every
        if piece.key not in landed
        or (paid and any(one.execution_id in paid for one in plan_piece(sweep, piece)))
    ]


def _at_the_device(sweep: Sweep, *, runtime: Runtime) -> set[ExecutionId]:
    """Return what the run has bought and not landed, whoever else has measured the same."""
    run = runtime.journal.run(sweep.experiment.run_id)
    if not runtime.backend(run).charges:
        return set()
    entries = runtime.journal.executions(run.run_id)
    return {entry.execution.execution_id for entry in entries if entry.state in _BOUGHT}


def quote(sweep: Sweep, *, readout_shots: int, runtime: Runtime) -> Quote:
    """Return what the run buys, with what it has bought before it stopped."""
    every, run_id = list(sweep.pieces()), sweep.experiment.run_id
    others = runtime.journal.landed_chunks([piece.key for piece in every], but_of=run_id)
    ours = [piece for piece in every if piece.key not in others]
    quotes = [_quote(sweep, piece) for piece in ours]
    if ours and Technique.READOUT in sweep.mitigation.techniques:
        readout = sweep.experiment.readout(shots=readout_shots)
        quotes.append(quote_executions(readout, snapshot=sweep.experiment.snapshot))
    return sum(quotes, Quote())
