"""Write lowered gates as native ones, carrying rotations about Z as a phase per qubit.

A frame p on a qubit says that the circuit so far equals rz(p) after the gates written so far.
Rotations about X then turn about an axis at -p; cz and zz commute with frames; what is left at
the end is not written, because a measurement in Z does not see it.
"""

import math
from collections.abc import Iterable

from datasets.records.circuits import Angle, Gate
from tasks.core.circuits.angles import is_half_turn, is_zero, wrapped
from tasks.core.compilation.natives import Natives, Pulse

EMISSION_VERSION = "1"
"""Counted up whenever the same lowered gates come out as other native gates."""

_NO_FRAME = Angle()
_HALF_TURN = Angle(math.pi)


def emit(gates: Iterable[Gate], *, natives: Natives) -> tuple[Gate, ...]:
    """Return native gates equal to `gates` up to a global phase and final rotations about Z.

    `gates` are rz, rx, cz, zz, xx and iswap; where the pulse is not continuous, rx has fixed
    multiples of pi/2.
    """
    emission = _Emission(natives)
    for gate in gates:
        emission.take(gate)
    return tuple(emission.written)


class _Emission:
    def __init__(self, natives: Natives) -> None:
        self.written: list[Gate] = []
        self._natives = natives
        self._frames: dict[int, Angle] = {}

    def take(self, gate: Gate) -> None:
        match gate.name:
            case "rz":
                self._frames[gate.qubits[0]] = self._frame(gate.qubits[0]) + gate.angles[0]
            case "rx":
                self._rotate(gate.qubits[0], gate.angles[0])
            case "xx":
                self._entangle_xx(gate)
            case "iswap":
                first, second = gate.qubits
                frames = self._frame(first), self._frame(second)
                self._frames[second], self._frames[first] = frames
                self.written.append(gate)
            case _:
                self.written.append(gate)

    def _frame(self, qubit: int) -> Angle:
        return self._frames.get(qubit, _NO_FRAME)

    def _rotate(self, qubit: int, angle: Angle) -> None:
        if self._natives.pulse is Pulse.RX:
            self._flush(qubit)
            self._write("rx", (qubit,), wrapped(angle))
            return
        axis = -self._frame(qubit)
        if self._natives.pulse is Pulse.PRX:
            self._write("prx", (qubit,), wrapped(angle), wrapped(axis))
        elif is_half_turn(wrapped(angle)):
            self._write("gpi", (qubit,), wrapped(axis))
        else:
            backwards = wrapped(angle).constant < 0
            self._write("gpi2", (qubit,), wrapped(axis + _HALF_TURN if backwards else axis))

    def _entangle_xx(self, gate: Gate) -> None:
        if self._natives.xx_name == "ms":
            axes = (wrapped(-self._frame(qubit)) for qubit in gate.qubits)
            self._write("ms", gate.qubits, *axes, gate.angles[0])
            return
        for qubit in gate.qubits:
            self._flush(qubit)
        self.written.append(gate)

    def _flush(self, qubit: int) -> None:
        frame = wrapped(self._frames.pop(qubit, _NO_FRAME))
        if not is_zero(frame):
            self._write("rz", (qubit,), frame)

    def _write(self, name: str, qubits: tuple[int, ...], *angles: Angle) -> None:
        self.written.append(Gate(name, qubits, angles))
