"""The noise that an emulated device adds, from its snapshot.

The channels and rates are those of Braket's `LocalEmulator`: depolarising after each gate, and a
bit flip before each measurement. For average gate fidelity F the depolarising rate is 3/2 (1 - F)
on one qubit and 5/4 (1 - F) on two (arXiv:quant-ph/0205035, eq. 3).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from datasets.records.circuits import Gate
from datasets.records.devices import DeviceKind, DeviceSnapshot


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """Error rates by device label; what is not listed is perfect."""

    one_qubit: Mapping[int, float]
    two_qubit: Mapping[tuple[str, int, int], float]
    readout: Mapping[int, float]

    def after(self, gate: Gate) -> float:
        """Return the depolarising rate that follows `gate`."""
        if len(gate.qubits) == 1:
            return self.one_qubit.get(gate.qubits[0], 0.0)
        first, second = sorted(gate.qubits)
        return self.two_qubit.get((gate.name, first, second), 0.0)


NOISELESS = NoiseModel({}, {}, {})


def at(snapshot: DeviceSnapshot) -> NoiseModel | None:
    """Return the noise with which a target is simulated; None asks for a state vector."""
    if snapshot.name == "local:dm":
        return NOISELESS
    return None if snapshot.kind is DeviceKind.SIMULATOR else of(snapshot)


def of(snapshot: DeviceSnapshot) -> NoiseModel:
    """Return the noise of the device that `snapshot` describes."""
    qubits = snapshot.qubits
    return NoiseModel(
        one_qubit={
            q.label: 1.5 * (1.0 - q.one_qubit_fidelity.value)
            for q in qubits
            if q.one_qubit_fidelity
        },
        two_qubit={
            (pair.gate, *pair.labels): 1.25 * (1.0 - pair.fidelity.value) for pair in snapshot.pairs
        },
        readout={q.label: 1.0 - q.readout_fidelity.value for q in qubits if q.readout_fidelity},
    )
