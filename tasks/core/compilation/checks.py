"""Refuse, before anything is run, a circuit that the device cannot run as it stands."""

import math

from datasets.records.circuits import Circuit, Gate
from datasets.records.devices import DeviceSnapshot
from tasks.core.circuits.angles import is_multiple
from tasks.core.compilation.natives import quarter_turns_only
from tasks.core.compilation.translation import SOURCE_GATES
from tasks.errors import Terminal

_TWO = 2


def check_native(circuit: Circuit, *, snapshot: DeviceSnapshot) -> None:
    """Return when `snapshot` runs `circuit` gate by gate without compiling it.

    Raises:
        Terminal: the first gate that is not native, or is on a qubit or pair that is not there, or
            turns by an angle that the device does not have.
    """
    labels = frozenset(qubit.label for qubit in snapshot.qubits)
    pairs = {(pair.labels, pair.gate) for pair in snapshot.pairs}
    for gate in circuit.gates:
        fault = (
            _foreign(gate, native=snapshot.native_gates)
            or _misplaced(gate, labels=labels, pairs=pairs)
            or _unturnable(gate, quarter_turns=quarter_turns_only(snapshot))
        )
        if fault:
            where = ", ".join(str(qubit) for qubit in gate.qubits)
            message = f"{snapshot.name} cannot run {gate.name} on {where}: {fault}."
            raise Terminal(message)


def _foreign(gate: Gate, *, native: tuple[str, ...]) -> str:
    if gate.name not in native:
        return f"its native gates are {', '.join(native)}; compile for this device"
    shape = (len(gate.qubits), len(gate.angles))
    if shape != SOURCE_GATES.get(gate.name, shape):
        qubits, angles = SOURCE_GATES[gate.name]
        return f"the gate takes {qubits} qubits and {angles} angles"
    return ""


def _misplaced(
    gate: Gate, *, labels: frozenset[int], pairs: set[tuple[tuple[int, int], str]]
) -> str:
    unknown = [qubit for qubit in gate.qubits if qubit not in labels]
    if unknown:
        return f"qubit {unknown[0]} is not among its {len(labels)} usable qubits"
    if len(gate.qubits) != _TWO:
        return ""
    ends = (min(gate.qubits), max(gate.qubits))
    if (ends, gate.name) not in pairs:
        return f"it has no coupler {ends[0]}-{ends[1]} with that gate; compile for this calibration"
    return ""


def _unturnable(gate: Gate, *, quarter_turns: bool) -> str:
    if not all(math.isfinite(angle.constant) for angle in gate.angles):
        return "an angle is not a finite number"
    if quarter_turns and gate.name == "rx" and not is_multiple(gate.angles[0], of=math.pi / 2):
        return "rx turns by multiples of pi/2 only; compile for this device"
    return ""
