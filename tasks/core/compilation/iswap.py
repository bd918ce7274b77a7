"""Write cz on devices that entangle by iswap: one iswap where that is enough, two elsewhere.

iswap is S on both qubits, cz, and an exchange of the two. So one iswap is a cz where

* the qubits may change places, because everything after it finds its couplers there too; or
* one of them is known to be in a state on the equator, such as |+>: then what comes out is
  exchanged back by rotations of single qubits, as in a chain of a GHZ state.

On a qubit that is known to be in |0> or |1> a cz is nothing or a phase. Two iswaps make any cz
(arXiv:quant-ph/0209035). All of it is exact, up to a global phase.
"""

import cmath
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from datasets.records.circuits import BARRIER, Angle, Gate
from datasets.records.devices import DeviceSnapshot

EXCHANGE_VERSION: Final = "1"
"""Counted up whenever the same cz come out as other gates."""

_QUARTER: Final = Angle(math.pi / 2)
_EVEN: Final = 1e-9  # tolerance of amplitudes
_FRESH: Final = (1 + 0j, 0j)
_TWO: Final = 2

Labels = Mapping[int, int]
Couplers = frozenset[frozenset[int]]
_State = tuple[complex, complex]


def exchanges(snapshot: DeviceSnapshot) -> bool:
    """Tell whether a device entangles by iswap alone."""
    return bool(snapshot.pairs) and all(pair.gate == "iswap" for pair in snapshot.pairs)


def couplers_of(snapshot: DeviceSnapshot) -> Couplers:
    """Return the pairs that can be entangled."""
    return frozenset(frozenset(pair.labels) for pair in snapshot.pairs)


def exchanged(gates: Sequence[Gate], *, couplers: Couplers) -> tuple[tuple[Gate, ...], Labels]:
    """Return the gates with iswap in the place of cz, and where each qubit is at the end.

    `gates` are rz, rx, cz, iswap and barriers on device labels, from |0...0>; qubits that are not
    among the labels stay where they are.
    """
    exchange = _Exchange(gates, couplers)
    for number, gate in enumerate(gates):
        exchange.take(number, gate)
    return tuple(exchange.written), exchange.places


@dataclass(slots=True)
class _Exchange:
    gates: Sequence[Gate]
    couplers: Couplers
    written: list[Gate] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)
    _states: dict[int, _State | None] = field(default_factory=dict)  # by qubit; None: entangled

    def take(self, number: int, gate: Gate) -> None:
        """Write one gate."""
        on = tuple(self._place(qubit) for qubit in gate.qubits)
        if gate.name == "cz":
            self._cz(number, *gate.qubits)
            return
        if len(gate.qubits) == 1 and gate.name != BARRIER:
            (qubit,) = gate.qubits
            self._states[qubit] = _turned(self._states.get(qubit, _FRESH), gate)
        else:
            self._states.update(dict.fromkeys(gate.qubits))
        self.written.append(Gate(gate.name, on, gate.angles))

    def _place(self, qubit: int) -> int:
        return self.places.get(qubit, qubit)

    def _cz(self, number: int, one: int, other: int) -> None:
        """Write one cz: as a phase, one iswap or two, whichever is the first that is exact."""
        known = {qubit: self._states.get(qubit, _FRESH) for qubit in (one, other)}
        for qubit, beside in ((one, other), (other, one)):
            pole = _pole(known[qubit])
            if pole is not None:
                if pole:
                    self._turn("rz", self._place(beside), _QUARTER * 2)
                    self._states[beside] = _phased(known[beside])
                return
        self._states.update(dict.fromkeys((one, other)))
        if self._may_exchange(number, one, other):
            self._iswap_of_cz(one, other)
            self.places[one], self.places[other] = self._place(other), self._place(one)
            return
        for qubit, beside in ((one, other), (other, one)):
            angle = _equator(known[qubit])
            if angle is not None:
                self._iswap_of_cz(one, other)
                self._back(self._place(qubit), self._place(beside), angle)
                return
        self._two(self._place(one), self._place(other))

    def _may_exchange(self, number: int, one: int, other: int) -> bool:
        """Tell whether every later gate finds its coupler when the two have changed places."""
        places = {one: self._place(other), other: self._place(one)}
        later = (gate for gate in self.gates[number + 1 :] if gate.name != BARRIER)
        return all(
            frozenset(places.get(q, self._place(q)) for q in gate.qubits) in self.couplers
            for gate in later
            if len(gate.qubits) == _TWO and not places.keys().isdisjoint(gate.qubits)
        )

    def _iswap_of_cz(self, one: int, other: int) -> None:
        """Write iswap and the inverses of S: a cz followed by an exchange of the two qubits."""
        places = (self._place(one), self._place(other))
        for place in places:
            self._turn("rz", place, -_QUARTER)
        self.written.append(Gate("iswap", places))

    def _back(self, equator: int, beside: int, angle: float) -> None:
        """Undo the exchange of a qubit that was at `angle` on the equator, and another.

        What was a|0>|p> + b|1>|-p> has become a|p>|0> + b|-p>|1> on the places (beside, equator).
        """
        self._turn("rz", beside, Angle(-angle))
        self._hadamard(beside)
        self._hadamard(equator)
        self._turn("rz", equator, Angle(angle))

    def _two(self, one: int, other: int) -> None:
        """Write cz as two iswaps and rotations (arXiv:quant-ph/0209035), at places."""
        self._hadamard(other)
        self._turn("rz", other, _QUARTER)
        self.written.append(Gate("iswap", (one, other)))
        self._turn("rx", one, _QUARTER)
        self.written.append(Gate("iswap", (one, other)))
        self._turn("rz", one, -_QUARTER)
        self._turn("rz", other, _QUARTER)
        self._turn("rx", other, _QUARTER)
        self._hadamard(other)

    def _hadamard(self, place: int) -> None:
        self._turn("rz", place, _QUARTER)
        self._turn("rx", place, _QUARTER)
        self._turn("rz", place, _QUARTER)

    def _turn(self, name: str, place: int, angle: Angle) -> None:
        self.written.append(Gate(name, (place,), (angle,)))


def _turned(state: _State | None, gate: Gate) -> _State | None:
    """Return the state after a rotation; None where it is not known."""
    (angle,) = gate.angles
    if state is None or angle.terms:
        return None
    half, (zero, one) = angle.constant / 2, state
    if gate.name == "rz":
        return (zero * cmath.exp(-1j * half), one * cmath.exp(1j * half))
    cos, sin = math.cos(half), -1j * math.sin(half)
    return (cos * zero + sin * one, sin * zero + cos * one)


def _phased(state: _State | None) -> _State | None:
    """Return the state after Z."""
    return state and (state[0], -state[1])


def _pole(state: _State | None) -> int | None:
    """Return the bit of a state that is |0> or |1> up to a phase; None for any other."""
    if state is None:
        return None
    return next((bit for bit in (0, 1) if abs(state[1 - bit]) < _EVEN), None)


def _equator(state: _State | None) -> float | None:
    """Return the azimuth in radians of a state on the equator; None for any other."""
    if state is None or abs(abs(state[0]) - abs(state[1])) > _EVEN:
        return None
    return cmath.phase(state[1] / state[0])
