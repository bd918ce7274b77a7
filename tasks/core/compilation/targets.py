"""The part of a device that a program is compiled for, as qiskit's Target with its errors."""

from collections.abc import Mapping
from typing import Any

from datasets.records.devices import DeviceSnapshot, Pair
from tasks.core.compilation.natives import LOWERED, Natives
from tasks.core.compilation.success import Fidelities
from tasks.errors import BadInput, TooLarge


def usable_labels(snapshot: DeviceSnapshot, *, n_qubits: int) -> tuple[int, ...]:
    """Return the labels that a program of `n_qubits` is compiled for, ascending.

    On a device where every pair is coupled these are the `n_qubits` best; elsewhere they are the
    largest connected part of the device.

    Raises:
        TooLarge: the program has more qubits than the device.
        BadInput: no connected part of the device is large enough.
    """
    if n_qubits > snapshot.n_qubits:
        raise TooLarge(snapshot.name, snapshot.n_qubits, n_qubits)
    if snapshot.fully_connected or n_qubits == 1:
        return _best(snapshot, n_qubits=n_qubits)
    largest = _largest_part(snapshot)
    if n_qubits > len(largest):
        message = (
            f"The largest connected part of {snapshot.name} has {len(largest)} of its "
            f"{snapshot.n_qubits} usable qubits; the circuit needs {n_qubits}. Choose a larger "
            "device."
        )
        raise BadInput(message)
    return tuple(sorted(largest))


def build_target(
    snapshot: DeviceSnapshot,
    *,
    labels: tuple[int, ...],
    natives: Natives,
    entangler: str | None = None,
) -> Any:
    """Return a qiskit `Target` over `labels`, whose physical qubit i is `labels[i]`.

    With `entangler` every pair is said to have that gate.
    """
    from qiskit.circuit import Measure
    from qiskit.transpiler import InstructionProperties, Target

    fidelities = Fidelities(snapshot)
    target = Target(num_qubits=len(labels))

    def errors(fidelity_of: Mapping[Any, float]) -> dict[Any, Any]:
        return {
            key: InstructionProperties(error=1 - fidelity) for key, fidelity in fidelity_of.items()
        }

    free, *pulses = _one_qubit_gates(continuous=natives.continuous)
    target.add_instruction(free, errors({(i,): 1.0 for i in range(len(labels))}))
    pulse_fidelities = {(i,): fidelities.one_qubit(label) for i, label in enumerate(labels)}
    for pulse in pulses:
        target.add_instruction(pulse, errors(pulse_fidelities))
    for name, pairs in _pairs_by_gate(snapshot, labels=labels).items():
        target.add_instruction(_two_qubit_gate(entangler or name), errors(pairs))
    readout = {(i,): fidelities.readout(label) for i, label in enumerate(labels)}
    target.add_instruction(Measure(), errors(readout))
    return target


def _best(snapshot: DeviceSnapshot, *, n_qubits: int) -> tuple[int, ...]:
    fidelities = Fidelities(snapshot)
    couplers: dict[int, list[float]] = {qubit.label: [] for qubit in snapshot.qubits}
    for pair in snapshot.pairs:
        for label in pair.labels:
            couplers[label].append(pair.fidelity.value)

    def quality(label: int) -> tuple[float, int]:
        figures = couplers[label] or [1.0]
        mean = sum(figures) / len(figures)
        return (-mean * fidelities.one_qubit(label) * fidelities.readout(label), label)

    return tuple(sorted(sorted(couplers, key=quality)[:n_qubits]))


def _largest_part(snapshot: DeviceSnapshot) -> frozenset[int]:
    neighbours: dict[int, set[int]] = {qubit.label: set() for qubit in snapshot.qubits}
    for pair in _compilable(snapshot):
        first, second = pair.labels
        neighbours[first].add(second)
        neighbours[second].add(first)
    parts: list[frozenset[int]] = []
    left = set(neighbours)
    while left:
        part, border = set[int](), {min(left)}
        while border:
            part |= border
            border = {n for label in border for n in neighbours[label]} - part
        parts.append(frozenset(part))
        left -= part
    return max(parts, key=lambda part: (len(part), -min(part)))


def _compilable(snapshot: DeviceSnapshot) -> tuple[Pair, ...]:
    return tuple(pair for pair in snapshot.pairs if pair.gate in LOWERED)


def _pairs_by_gate(
    snapshot: DeviceSnapshot, *, labels: tuple[int, ...]
) -> dict[str, dict[tuple[int, int], float]]:
    index = {label: i for i, label in enumerate(labels)}
    found: dict[str, dict[tuple[int, int], float]] = {}
    for pair in _compilable(snapshot):
        if not set(pair.labels) <= index.keys():
            continue
        first, second = (index[label] for label in pair.labels)
        of_gate = found.setdefault(LOWERED[pair.gate], {})
        of_gate[first, second] = of_gate[second, first] = pair.fidelity.value
    return found


def _one_qubit_gates(*, continuous: bool) -> tuple[Any, ...]:
    from qiskit.circuit import Parameter
    from qiskit.circuit.library import RXGate, RZGate, SXGate, XGate

    free = RZGate(Parameter("angle"))
    return (free, RXGate(Parameter("angle"))) if continuous else (free, SXGate(), XGate())


def _two_qubit_gate(name: str) -> Any:
    from qiskit.circuit import Parameter
    from qiskit.circuit.library import CZGate, RXXGate, RZZGate, iSwapGate

    match name:
        case "zz":
            return RZZGate(Parameter("angle"))
        case "xx":
            return RXXGate(Parameter("angle"))
        case "iswap":
            return iSwapGate()
        case _:
            return CZGate()
