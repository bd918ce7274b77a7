"""A device with everything its snapshot says: depolarising gates, T1 and T2 while waiting, readout.

A density matrix in numpy, written apart from the engine and from the compiler's model of success,
so that both can be held against it. The engine has no relaxation, as Braket's emulator has none.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Gate
from datasets.records.devices import DeviceSnapshot, Figure, Qubit
from tasks.core.compilation.durations import Durations, durations_of

Matrix = NDArray[np.complex128]
Probabilities = NDArray[np.float64]
VIRTUAL = "rz"
X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])


def outcomes(
    gates: Sequence[Gate], *, measured_qubits: Sequence[int], snapshot: DeviceSnapshot
) -> Probabilities:
    """Return the probability of each outcome, (2**n,), the first measured qubit leftmost."""
    labels = sorted({q for gate in gates for q in gate.qubits} | set(measured_qubits))
    device = _Device(snapshot, labels)
    starts = _starts(gates, durations=durations_of(snapshot))
    last_s: dict[int, float] = {}  # when a qubit's last gate ended, before the measurement
    for gate, (begins_s, ends_s) in zip(gates, starts, strict=True):
        for label in gate.qubits:
            if label in last_s:
                device.wait(label, last_s[label] - begins_s)
            last_s[label] = ends_s
        device.apply(gate)
    for label, ends_s in last_s.items():
        device.wait(label, ends_s)
    return device.read(measured_qubits)


def _starts(gates: Sequence[Gate], *, durations: Durations) -> list[tuple[float, float]]:
    """Return when each gate begins and ends, in seconds before the measurement, as late as can."""
    free_s: dict[int, float] = {}
    found = []
    for gate in reversed(gates):
        ends_s = max(free_s.get(label, 0.0) for label in gate.qubits)
        takes_s = 0.0 if gate.name == VIRTUAL else durations.of(len(gate.qubits))
        free_s |= dict.fromkeys(gate.qubits, ends_s + takes_s)
        found.append((ends_s + takes_s, ends_s))
    return found[::-1]


class _Device:
    def __init__(self, snapshot: DeviceSnapshot, labels: Sequence[int]) -> None:
        self._place = {label: place for place, label in enumerate(labels)}
        self._n = len(labels)
        self._qubits = {qubit.label: qubit for qubit in snapshot.qubits}
        self._pairs = {pair.labels: pair.fidelity.value for pair in snapshot.pairs}
        self._rho = np.zeros((2,) * (2 * self._n), dtype=complex)
        self._rho[(0,) * (2 * self._n)] = 1.0

    def apply(self, gate: Gate) -> None:
        places = [self._place[label] for label in gate.qubits]
        unitary = _unitary(gate)
        self._rho = _contract(self._rho, unitary, places)
        self._rho = _contract(self._rho, unitary.conj(), [place + self._n for place in places])
        if gate.name == VIRTUAL:
            return
        if len(places) == 1:
            figure = self._qubits[gate.qubits[0]].one_qubit_fidelity
            mixed = 2 * (1 - (figure.value if figure else 1.0))
        else:
            first, second = sorted(gate.qubits)
            mixed = 4 / 3 * (1 - self._pairs[first, second])
        self._rho = (1 - mixed) * self._rho + mixed * self._forgotten(places)

    def wait(self, label: int, wait_s: float) -> None:
        qubit, place = self._qubits[label], self._place[label]
        relaxed, dephased = _factors(qubit, wait_s)
        ket = np.moveaxis(self._rho, (place, place + self._n), (0, 1))
        new = np.empty_like(ket)
        new[0, 0] = ket[0, 0] + (1 - relaxed) * ket[1, 1]
        new[1, 1] = relaxed * ket[1, 1]
        new[0, 1], new[1, 0] = dephased * ket[0, 1], dephased * ket[1, 0]
        self._rho = np.moveaxis(new, (0, 1), (place, place + self._n))

    def read(self, measured_qubits: Sequence[int]) -> Probabilities:
        size = 2**self._n
        found = np.real(np.diagonal(self._rho.reshape(size, size))).reshape((2,) * self._n)
        places = [self._place[label] for label in measured_qubits]
        rest = tuple(place for place in range(self._n) if place not in places)
        found = found.sum(axis=rest)
        kept = [place for place in range(self._n) if place in places]
        found = np.transpose(found, [kept.index(place) for place in places])
        for axis, label in enumerate(measured_qubits):
            found = np.moveaxis(
                np.tensordot(_misread(self._qubits[label]), found, axes=([1], [axis])), 0, axis
            )
        return np.asarray(found).reshape(-1)

    def _forgotten(self, places: Sequence[int]) -> Matrix:
        """Return the state with some qubits fully mixed."""
        found = self._rho
        for place in places:
            ket = np.moveaxis(found, (place, place + self._n), (0, 1))
            half = (ket[0, 0] + ket[1, 1]) / 2
            new = np.zeros_like(ket)
            new[0, 0] = new[1, 1] = half
            found = np.moveaxis(new, (0, 1), (place, place + self._n))
        return found


def _contract(rho: Matrix, unitary: Matrix, places: Sequence[int]) -> Matrix:
    n = len(places)
    tensor = unitary.reshape((2,) * (2 * n))
    moved = np.tensordot(tensor, rho, axes=(list(range(n, 2 * n)), list(places)))
    return np.moveaxis(moved, range(n), places)


def _factors(qubit: Qubit, wait_s: float) -> tuple[float, float]:
    t1_s, t2_s = _value(qubit.t1_s), _value(qubit.t2_s)
    relaxed = 1.0 if t1_s is None else math.exp(-wait_s / t1_s)
    if t2_s is None:
        return relaxed, math.sqrt(relaxed)
    return relaxed, math.exp(-wait_s / (t2_s if t1_s is None else min(t2_s, 2 * t1_s)))


def _misread(qubit: Qubit) -> NDArray[np.float64]:
    """Return the probability to read a row when a column was there."""
    if qubit.p1_given_0 and qubit.p0_given_1:
        up, down = qubit.p1_given_0.value, qubit.p0_given_1.value
    else:
        up = down = 1 - (qubit.readout_fidelity.value if qubit.readout_fidelity else 1.0)
    return np.array([[1 - up, down], [up, 1 - down]])


def _unitary(gate: Gate) -> Matrix:
    angles = [angle.constant for angle in gate.angles]
    match gate.name:
        case "rz":
            return np.diag(np.exp([-0.5j * angles[0], 0.5j * angles[0]]))
        case "rx":
            return _turn(angles[0], 0.0)
        case "prx":
            return _turn(angles[0], angles[1])
        case "gpi":
            return _turn(math.pi, angles[0])
        case "gpi2":
            return _turn(math.pi / 2, angles[0])
        case "cz":
            return np.diag([1, 1, 1, -1]).astype(complex)
        case "zz":
            return np.diag(np.exp(-0.5j * angles[0] * np.array([1, -1, -1, 1])))
        case name:
            message = f"{name} is not a gate of the bundled machines."
            raise ValueError(message)


def _turn(angle: float, axis: float) -> Matrix:
    about = math.cos(axis) * X + math.sin(axis) * Y
    turned: Matrix = math.cos(angle / 2) * np.eye(2) - 1j * math.sin(angle / 2) * about
    return turned


def _value(figure: Figure | None) -> float | None:
    return None if figure is None else figure.value
