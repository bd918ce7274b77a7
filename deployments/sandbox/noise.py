"""Which errors follow a gate on an emulated device, also one that the device would first compile.

A gate of a verbatim box has the errors of its qubits and pair, as Braket's own emulator has them.
Any other gate has the device's median errors, once for each native two-qubit gate that it takes;
qubits are not placed and not routed, and rotations about z cost nothing.
"""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Final

from datasets.records.circuits import Gate
from datasets.records.devices import DeviceSnapshot
from deployments.sandbox.devices import is_simulator
from tasks.backends import noise

Channel = tuple[tuple[int, ...], float]
Channels = Callable[[Gate], Sequence[Channel]]

_VIRTUAL: Final = frozenset({"i", "rz", "z", "s", "si", "t", "ti", "phaseshift", "gphase", "u1"})
_ENTANGLERS: Final = {
    "swap": 3, "cswap": 7, "ccnot": 6, "iswap": 2, "pswap": 3, "xy": 2, "xx": 2, "yy": 2, "zz": 2,
    "cphaseshift": 2, "cphaseshift00": 2, "cphaseshift01": 2, "cphaseshift10": 2, "ms": 2, "cv": 2,
}  # fmt: skip  # how many CZ a gate takes; 1 where nothing is said
_COUPLE: Final = 2
_TWO_QUBIT_MIXED: Final = 16 / 15  # a two-qubit depolarising rate of 15/16 leaves nothing


def native(snapshot: DeviceSnapshot) -> tuple[Channels, Callable[[int], float]]:
    """Return the errors after native gates and the readout error of each label."""
    model = noise.of(snapshot)
    if is_simulator(snapshot):
        return _none, lambda _: 0.0

    def channels(gate: Gate) -> Sequence[Channel]:
        rate = model.after(gate) if gate.name not in _VIRTUAL or len(gate.qubits) > 1 else 0.0
        return ((gate.qubits, rate),) if rate else ()

    return channels, lambda label: model.readout.get(label, 0.0)


def typical(snapshot: DeviceSnapshot) -> tuple[Channels, Callable[[int], float]]:
    """Return the device's median errors, for gates that it would first compile."""
    if is_simulator(snapshot):
        return _none, lambda _: 0.0
    model = noise.of(snapshot)
    one, two = median(model.one_qubit.values()), median(model.two_qubit.values())
    readout = median(model.readout.values())

    def channels(gate: Gate) -> Sequence[Channel]:
        if len(gate.qubits) < _COUPLE:
            return () if gate.name in _VIRTUAL else ((gate.qubits, one),)
        couples = list(zip(gate.qubits, gate.qubits[1:], strict=False))
        each = _ENTANGLERS.get(gate.name, 1) / len(couples)
        return [(couple, _repeated(two, each)) for couple in couples]

    return channels, lambda _: readout


def _none(_: Gate) -> Sequence[Channel]:
    return ()


def _repeated(rate: float, times: float) -> float:
    """Return the rate of a two-qubit depolarising channel applied so many times."""
    left = max(0.0, 1.0 - rate * _TWO_QUBIT_MIXED)
    return float((1.0 - left**times) / _TWO_QUBIT_MIXED)
