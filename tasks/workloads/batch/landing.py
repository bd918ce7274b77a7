"""Land a batch: its circuits before they are bought, then their counts and estimates."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from datasets.records.blocks import CountsBlock, Form
from datasets.records.executions import Collected, Counts, Estimate
from datasets.records.problems import ProgramId
from tasks.context.runtime import Runtime
from tasks.core.estimation.points import Estimates, estimate
from tasks.core.planning.batches import RAW
from tasks.errors import ExecutionFailed
from tasks.execution.landing import land_counts
from tasks.rows.rows import Row, compiled_row, estimate_row, program_row
from tasks.workloads.batch.batch import Batch, Returned
from tasks.workloads.batch.inputs import BatchCircuit
from tasks.workloads.batch.readouts import Misreading

CHUNK = "batch"

Found = Mapping[int, tuple[Estimate, ...]]  # what was estimated, by the circuit's number


def land_circuits(batch: Batch, *, runtime: Runtime) -> None:
    """Land programs, compiled programs, and which number in the batch they have."""
    lake, snapshot = runtime.lake, batch.snapshot
    # A program is what it does: read from another file, it keeps the name that it has.
    programs: dict[ProgramId, BatchCircuit] = {}
    for circuit in batch.inputs.circuits:
        programs.setdefault(circuit.program.program_id, circuit)
    compiled = {each.compiled_id: each for each in batch.compiled.values()}
    lake.land_all(
        {
            "programs": [
                ((program_id,), [program_row(circuit.program)])
                for program_id, circuit in programs.items()
                if not lake.holds("programs", (program_id,))
            ],
            "compiled_programs": [
                ((compiled_id,), [compiled_row(each, snapshot=snapshot)])
                for compiled_id, each in compiled.items()
            ],
            "members": [((batch.run_id, batch.target), list(_member_rows(batch)))],
        },
        run_id=batch.run_id,
    )


def estimated(batch: Batch, found: Returned, *, misreading: Misreading | None) -> Found:
    """Estimate every observable of every circuit that came back.

    Raises:
        ExecutionFailed: none did; the reasons.
    """
    if not found.counts:
        reasons = "; ".join(dict.fromkeys(found.failed.values())).rstrip(". ")
        message = f"{batch.target} returned nothing: {reasons}. Start a new run."
        raise ExecutionFailed(message)
    return {
        number: _estimated(batch, number, bases, misreading=misreading)
        for number, bases in sorted(found.counts.items())
    }


def land(collected: Sequence[Collected], estimates: Found, *, runtime: Runtime) -> None:
    """Land counts and estimates, each estimate with the executions that it was made from."""
    behind: dict[int, list[Collected]] = {}
    for item in collected:
        for number in dict.fromkeys(counts.executable.point for counts in item.counts):
            behind.setdefault(number, []).append(item)
    rows = [
        estimate_row(one, collected=behind[number], point=number)
        for number, every in estimates.items()
        for one in every
    ]
    land_counts(collected, runtime=runtime, chunk=CHUNK, estimates=rows)


def _member_rows(batch: Batch) -> Iterator[Row]:
    set_id = batch.set_id
    for circuit in batch.inputs.circuits:
        compiled = batch.compiled.get(circuit.number)
        yield {
            "run_id": batch.run_id,
            "target": batch.target,
            "set_id": set_id,
            "point": circuit.number,
            "name": circuit.name,
            "program_id": circuit.program.program_id,
            "compiled_id": compiled and compiled.compiled_id,
            "shots": circuit.shots,
            "failure": batch.refused.get(circuit.number),
        }


def _estimated(
    batch: Batch, number: int, bases: Mapping[str, Counts], *, misreading: Misreading | None
) -> tuple[Estimate, ...]:
    circuit = batch.inputs.circuits[number]
    labels = batch.compiled[number].measured_qubits
    found = estimate(
        _block([bases[basis] for basis in circuit.bases]),
        observables=circuit.observables,
        groups=circuit.groups,
        mitigation=batch.inputs.mitigation,
        confusion=misreading.of(labels) if misreading else None,
    )
    return tuple(map(_alone, found))


def _block(counts: Sequence[Counts]) -> CountsBlock:
    """Return the counts of one circuit in each of its bases."""
    lengths = [0, *(len(each.outcomes) for each in counts)]
    return CountsBlock(
        n_points=1,
        n_qubits=counts[0].n_qubits,
        forms=tuple(Form(each.executable.basis, RAW) for each in counts),
        outcomes=np.concatenate([each.outcomes for each in counts]),
        counts=np.concatenate([each.counts for each in counts]),
        offsets=np.cumsum(np.array(lengths, dtype=np.int64)),
    )


def _alone(found: Estimates) -> Estimate:
    """Return the estimate at the only point."""
    return Estimate(
        observable=found.observable,
        method=found.method,
        value=float(found.value[0]),
        stderr=float(found.stderr[0]),
        raw_value=float(found.raw_value[0]),
        raw_stderr=float(found.raw_stderr[0]),
        shots=int(found.shots[0]),
        overhead=float(found.overhead[0]),
        bound=found.bound,
    )
