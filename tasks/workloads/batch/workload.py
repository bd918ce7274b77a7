"""What a batch asks of a device, and what all of it would cost there."""

from collections import Counter
from collections.abc import Sequence

from datasets.records.compiled import CompiledProgram
from tasks.core.circuits.barriers import without
from tasks.core.mitigation.readout import VARIANTS
from tasks.core.money.quotes import Quote, quote_circuits
from tasks.core.selection.feasibility import Candidate, Demand
from tasks.selection.selector import Piece
from tasks.workloads.batch.inputs import BatchCircuit, BatchInputs


def batch_piece(inputs: BatchInputs, *, readout_shots: int) -> Piece:
    """Return a batch as a piece of work: its largest circuit stands for all, its price is all's.

    A price does not depend on how circuits are compiled, but for how many qubits an emulated device
    reads: their readout is priced as on the device, all together.
    """
    largest = largest_of(inputs.circuits)
    demand = Demand(
        largest.n_qubits,
        min(circuit.shots for circuit in inputs.circuits),
        readout_shots if inputs.is_corrected else None,
    )
    levels: Counter[int] = Counter()
    for circuit in inputs.circuits:
        levels[circuit.shots] += len(circuit.groups)

    def pricing(compiled: CompiledProgram, candidate: Candidate) -> Quote:
        del compiled
        snapshot = candidate.snapshot
        quotes = [quote_circuits(n, shots=each, snapshot=snapshot) for each, n in levels.items()]
        if inputs.is_corrected:
            shots, count = readout_shots, len(VARIANTS)
            quotes.append(quote_circuits(count, shots=shots, snapshot=snapshot, readout=True))
        return sum(quotes, Quote())

    return Piece(largest.program, largest.bases, demand, pricing)


def largest_of(circuits: Sequence[BatchCircuit]) -> BatchCircuit:
    """Return the circuit with the most qubits, of these the one with the most gates between two."""
    return max(circuits, key=lambda each: (each.n_qubits, _entangling(each), -each.number))


def _entangling(circuit: BatchCircuit) -> int:
    gates = without(circuit.program.circuit.gates)
    return sum(len(gate.qubits) > 1 for gate in gates)
