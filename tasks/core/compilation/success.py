"""What a native circuit costs on a calibrated device: predicted success, depth, gate counts."""

import math
from collections.abc import Iterable, Sequence

from datasets.records.circuits import Circuit, Gate
from datasets.records.compiled import Metrics
from datasets.records.devices import DeviceSnapshot, Qubit
from tasks.core.compilation.durations import durations_of
from tasks.core.compilation.idling import Gaps, gaps, log_kept
from tasks.errors import Terminal

VIRTUAL = frozenset({"rz"})
"""Native gates that are a change of phase in software: no time, no error."""

_TWO = 2


class Fidelities:
    """The fidelities of one device; a figure that was not published counts as its worst one.

    Where a device publishes none of a kind, as perfect simulators do, the fidelity is 1.
    """

    def __init__(self, snapshot: DeviceSnapshot) -> None:
        self._device = snapshot.name
        self._one_qubit = _filled({q.label: _one_qubit(q) for q in snapshot.qubits})
        self._readout = _filled({q.label: _readout(q) for q in snapshot.qubits})
        self._pairs = {pair.labels: pair.fidelity.value for pair in snapshot.pairs}
        self._qubits = {q.label: q for q in snapshot.qubits}
        self._durations = durations_of(snapshot)
        self._kept: dict[tuple[int, float], float] = {}

    def one_qubit(self, label: int) -> float:
        """Return the average fidelity of a physical one-qubit gate."""
        return self._one_qubit[self._known(label)]

    def readout(self, label: int) -> float:
        """Return the probability to read what was there."""
        return self._readout[self._known(label)]

    def two_qubit(self, first: int, second: int) -> float:
        """Return the average fidelity of the native gate of a pair, in either order."""
        pair = (min(first, second), max(first, second))
        if pair not in self._pairs:
            message = f"{self._device} has no coupler {pair[0]}-{pair[1]}. Compile for this device."
            raise Terminal(message)
        return self._pairs[pair]

    def of(self, gate: Gate) -> float:
        """Return the fidelity of a native or lowered gate."""
        if gate.name in VIRTUAL:
            return 1.0
        if len(gate.qubits) == _TWO:
            return self.two_qubit(*gate.qubits)
        return self.one_qubit(gate.qubits[0])

    def log_idle(self, label: int, waits: Sequence[float]) -> float:
        """Return the logarithm of the fidelity that a qubit keeps while it waits; at most 0."""
        return math.fsum(self._log_kept(label, wait_s) for wait_s in waits)

    def waits(self, gates: Iterable[Gate]) -> Gaps:
        """Return the seconds that each qubit waits between its gates."""
        return gaps([g for g in gates if g.name not in VIRTUAL], durations=self._durations)

    def log_success(self, gates: Sequence[Gate], *, measured_qubits: Sequence[int]) -> float:
        """Return the logarithm of the product of gate, readout and idle fidelities; at most 0."""
        fidelities = [self.of(gate) for gate in gates]
        fidelities += [self.readout(label) for label in measured_qubits]
        if 0.0 in fidelities:
            return -math.inf
        idle = (self.log_idle(label, waits) for label, waits in self.waits(gates).items())
        return math.fsum([*map(math.log, fidelities), *idle])

    def _log_kept(self, label: int, wait_s: float) -> float:
        place = (label, wait_s)
        if place not in self._kept:
            self._kept[place] = log_kept(wait_s, qubit=self._qubits[self._known(label)])
        return self._kept[place]

    def _known(self, label: int) -> int:
        if label not in self._one_qubit:
            message = f"{self._device} has no qubit {label}. Compile for this device."
            raise Terminal(message)
        return label


def estimated_success(
    circuit: Circuit, *, measured_qubits: Sequence[int], snapshot: DeviceSnapshot
) -> float:
    """Return the product of all gate, readout and idle fidelities, in [0, 1].

    Raises:
        Terminal: a qubit or pair that the device does not have.
    """
    fidelities = Fidelities(snapshot)
    return math.exp(fidelities.log_success(circuit.gates, measured_qubits=measured_qubits))


def metrics(
    circuit: Circuit, *, measured_qubits: Sequence[int], snapshot: DeviceSnapshot
) -> Metrics:
    """Return depth, gate counts and predicted success of a native circuit."""
    physical = [gate for gate in circuit.gates if gate.name not in VIRTUAL]
    two = sum(1 for gate in physical if len(gate.qubits) == _TWO)
    success = estimated_success(circuit, measured_qubits=measured_qubits, snapshot=snapshot)
    return Metrics(_depth(physical), two, len(physical) - two, success)


def _depth(gates: Iterable[Gate]) -> int:
    layers: dict[int, int] = {}
    for gate in gates:
        layer = 1 + max(layers.get(qubit, 0) for qubit in gate.qubits)
        layers.update(dict.fromkeys(gate.qubits, layer))
    return max(layers.values(), default=0)


def _filled(published: dict[int, float | None]) -> dict[int, float]:
    worst = min((value for value in published.values() if value is not None), default=1.0)
    return {label: worst if value is None else value for label, value in published.items()}


def _one_qubit(qubit: Qubit) -> float | None:
    return qubit.one_qubit_fidelity.value if qubit.one_qubit_fidelity else None


def _readout(qubit: Qubit) -> float | None:
    if qubit.readout_fidelity:
        return qubit.readout_fidelity.value
    if qubit.p1_given_0 and qubit.p0_given_1:
        return 1 - (qubit.p1_given_0.value + qubit.p0_given_1.value) / 2
    return None
