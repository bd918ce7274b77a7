"""Merge one-qubit rotations over a whole circuit, carrying half turns through two-qubit gates."""

import math
from collections.abc import Iterable

from datasets.records.circuits import BARRIER, Angle, Gate
from tasks.core.circuits.angles import is_half_turn, wrapped
from tasks.core.compilation.rotations import Rotation, rotation_of, shortest

_HALF_TURN = Angle(math.pi)
_CARRYING = frozenset({"cz", "zz", "xx"})
"""Gates that a half turn about X passes, at the price of free rotations about Z or of a sign."""


def merged_rotations(gates: Iterable[Gate], *, continuous: bool) -> tuple[Gate, ...]:
    """Return an equal circuit, up to a global phase, with few physical one-qubit gates.

    A run of rotations that is a half turn and nothing else moves behind the next two-qubit gate,
    where it costs nothing as soon as it meets another rotation. Half turns that reach the end move
    back towards the start: every gate here is a symmetric matrix, so that a circuit read backwards
    may be rewritten by the same rules. Nothing passes a barrier.
    """
    forwards = _merged(gates, continuous=continuous)
    return _merged(reversed(forwards), continuous=continuous)[::-1]


def _merged(gates: Iterable[Gate], *, continuous: bool) -> tuple[Gate, ...]:
    merging = _Merging(continuous=continuous)
    for gate in gates:
        merging.take(gate)
    return merging.finished()


class _Merging:
    def __init__(self, *, continuous: bool) -> None:
        self._written: list[Gate] = []
        self._runs: dict[int, list[Rotation]] = {}
        self._continuous = continuous

    def take(self, gate: Gate) -> None:
        if gate.name == BARRIER:
            for qubit in gate.qubits:
                self._write(qubit, self._shortest(qubit))
                self._runs[qubit] = []
            self._written.append(gate)
            return
        if len(gate.qubits) == 1:
            self._runs.setdefault(gate.qubits[0], []).append(rotation_of(gate))
            return
        carried = {qubit: self._carry(qubit, past=gate.name) for qubit in gate.qubits}
        flipped = [qubit for qubit in gate.qubits if carried[qubit]]
        mirrored = gate.name == "zz" and len(flipped) == 1
        self._written.append(_mirrored(gate) if mirrored else gate)
        for qubit, run in carried.items():
            self._runs[qubit] = list(run)
        if gate.name == "cz":
            for qubit in flipped:
                (other,) = set(gate.qubits) - {qubit}
                self._runs[other].append(("rz", _HALF_TURN))

    def finished(self) -> tuple[Gate, ...]:
        for qubit in sorted(self._runs):
            self._write(qubit, self._shortest(qubit))
        return tuple(self._written)

    def _carry(self, qubit: int, *, past: str) -> tuple[Rotation, ...]:
        """Write the pending run of `qubit`, or return what moves behind the gate named `past`."""
        run = self._shortest(qubit)
        turns = [i for i, (axis, _) in enumerate(run) if axis == "rx"]
        if past not in _CARRYING or len(turns) != 1 or not is_half_turn(run[turns[0]][1]):
            self._write(qubit, run)
            return ()
        # rz(a) rx(pi) rz(b) is rx(pi) rz(b - a), and is rz(a - b) rx(pi)
        phase = _total(run[turns[0] + 1 :]) + -_total(run[: turns[0]])
        if past == "xx":
            self._write(qubit, shortest([("rz", -phase)], continuous=True, measured=False))
            return (("rx", _HALF_TURN),)
        return (("rx", _HALF_TURN), ("rz", phase))

    def _shortest(self, qubit: int) -> tuple[Rotation, ...]:
        run = self._runs.get(qubit, ())
        return shortest(run, continuous=self._continuous, measured=False)

    def _write(self, qubit: int, run: Iterable[Rotation]) -> None:
        self._written.extend(Gate(axis, (qubit,), (angle,)) for axis, angle in run)


def _mirrored(gate: Gate) -> Gate:
    return Gate(gate.name, gate.qubits, tuple(wrapped(-angle) for angle in gate.angles))


def _total(phases: Iterable[Rotation]) -> Angle:
    return sum((angle for _, angle in phases), start=Angle())
