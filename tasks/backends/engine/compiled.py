"""Compiled circuits, and the noise of an emulated device, as programs of the engine."""

from collections.abc import Iterator, Mapping, Sequence

from datasets.records.circuits import Angle, Circuit, Gate
from tasks.backends.engine.program import Program, Step, interned
from tasks.backends.noise import NoiseModel


def from_circuits(
    circuits: Sequence[Circuit], *, measured_qubits: Sequence[int], noise: NoiseModel | None
) -> tuple[Program, ...]:
    """Return the circuits as programs of one register, which the engine evolves together.

    Args:
        circuits: in device labels; qubits beside the measured ones are routing's.
        measured_qubits: device labels in the order of the outcome's bits.
        noise: None for a state vector.
    """
    touched = {qubit for circuit in circuits for gate in circuit.gates for qubit in gate.qubits}
    beside = sorted(touched - set(measured_qubits))
    places = {label: place for place, label in enumerate((*measured_qubits, *beside))}
    measured = tuple(range(len(measured_qubits)))
    rates = [noise.readout.get(label, 0.0) if noise else 0.0 for label in measured_qubits]
    readout = tuple((rate, rate) for rate in rates) if any(rates) else ()
    return tuple(
        interned(
            Program(len(places), tuple(_steps(circuit.gates, places, noise)), measured, readout)
        )
        for circuit in circuits
    )


def _steps(
    gates: Sequence[Gate], places: Mapping[int, int], noise: NoiseModel | None
) -> Iterator[Step]:
    for gate in gates:
        qubits = tuple(places[label] for label in gate.qubits)
        yield Step(gate.name, qubits, gate.angles)
        rate = noise.after(gate) if noise else 0.0
        if rate:
            channel = "depolarizing" if len(qubits) == 1 else "two_qubit_depolarizing"
            yield Step(channel, qubits, (Angle(rate),))
