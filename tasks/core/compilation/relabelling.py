"""Move a routed program to the qubits of the chip where it is likeliest to succeed.

Routing looks at the errors of couplers more than at anything else. Here every place with the same
couplers between the qubits is compared by the full error model: gates, readout and idling. The
search is branch and bound over the qubits that the program touches, most connected first; it is
exact unless it runs out of steps, and then returns the best that it has seen.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from datasets.records.circuits import Gate
from datasets.records.devices import DeviceSnapshot
from tasks.core.compilation.natives import LOWERED
from tasks.core.compilation.success import VIRTUAL, Fidelities

PLACEMENT_VERSION: Final = "2"
"""Counted up whenever the same routed program goes to other qubits."""

STEPS: Final = 4000  # some 40 ms; circuits of up to 8 qubits are searched to the end on all devices
_GAIN: Final = 1e-9  # of a logarithm: below it two places are as good, and the program stays
_TWO: Final = 2

Labels = Mapping[int, int]
_Edge = tuple[int, int]


def best_labels(
    gates: Sequence[Gate],
    *,
    whole: Sequence[Gate],
    layout: Sequence[int],
    measured_qubits: Sequence[int],
    snapshot: DeviceSnapshot,
    fidelities: Fidelities,
    steps: int = STEPS,
) -> Labels:
    """Return the new label of each qubit of a program; the same where none gains.

    `gates` are what counts and `whole` what has to be possible, both lowered and on the device's
    labels; the program starts on `layout` and ends on `measured_qubits`.
    """
    wanted = _wanted(
        gates, whole, layout=layout, measured_qubits=measured_qubits, fidelities=fidelities
    )
    board = _Board.of(wanted, snapshot=snapshot, fidelities=fidelities)
    search = _Search(wanted, board, steps)
    search.descend({}, 0, 0.0)
    return search.best


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the program asks of each qubit, in the order of the search."""

    order: tuple[int, ...]
    pulses: Mapping[int, int]
    waits: Mapping[int, tuple[float, ...]]
    readings: Mapping[int, int]
    uses: Mapping[_Edge, Mapping[str, int]]  # couplers, lower label first, by gate

    def earlier(self, place: int) -> Iterator[tuple[int, Mapping[str, int]]]:
        """Yield the qubits before this place in the order that it is coupled with, and the uses."""
        label = self.order[place]
        for other in self.order[:place]:
            found = self.uses.get((min(label, other), max(label, other)))
            if found:
                yield other, found


@dataclass(frozen=True, slots=True)
class _Board:
    """Logarithms of success of each qubit at each label, and of each gate on each coupler."""

    alone: Mapping[int, Mapping[int, float]]
    coupled: Mapping[int, Mapping[int, tuple[str, float]]]
    rest: tuple[float, ...]  # the best that can be hoped for from each place in the order on

    @classmethod
    def of(cls, wanted: _Wanted, *, snapshot: DeviceSnapshot, fidelities: Fidelities) -> "_Board":
        labels = [qubit.label for qubit in snapshot.qubits]
        alone = {
            qubit: {label: _alone(wanted, qubit, label, fidelities) for label in labels}
            for qubit in wanted.order
        }
        coupled: dict[int, dict[int, tuple[str, float]]] = {label: {} for label in labels}
        best: dict[str, float] = {}
        for pair in snapshot.pairs:
            if pair.gate not in LOWERED:
                continue
            gate, log = LOWERED[pair.gate], _log(pair.fidelity.value)
            first, second = pair.labels
            coupled[first][second] = coupled[second][first] = (gate, log)
            best[gate] = max(best.get(gate, -math.inf), log)
        rest = [0.0]
        for place in reversed(range(len(wanted.order))):
            hoped = max(alone[wanted.order[place]].values())
            for _, uses in wanted.earlier(place):
                hoped += sum(count * best.get(gate, 0.0) for gate, count in uses.items())
            rest.append(rest[-1] + hoped)
        return cls(alone, coupled, tuple(reversed(rest)))


class _Search:
    def __init__(self, wanted: _Wanted, board: _Board, steps: int) -> None:
        self._wanted, self._board, self._left = wanted, board, steps
        self._before = [tuple(wanted.earlier(place)) for place in range(len(wanted.order))]
        self.best: Labels = {label: label for label in wanted.order}
        self._reached = math.fsum(
            self._gain(label, {other: other for other in wanted.order[:place]}, place)
            for place, label in enumerate(wanted.order)
        )

    def descend(self, chosen: dict[int, int], place: int, log: float) -> None:
        """Try every label for the qubit at `place`, likeliest first."""
        if place == len(self._wanted.order):
            self.best, self._reached = dict(chosen), log
            return
        for gain, label in self._choices(chosen, place):
            if self._left <= 0 or log + gain + self._board.rest[place + 1] <= self._reached + _GAIN:
                return  # the others gain less
            self._left -= 1
            chosen[self._wanted.order[place]] = label
            self.descend(chosen, place + 1, log + gain)
            del chosen[self._wanted.order[place]]

    def _choices(self, chosen: Labels, place: int) -> list[tuple[float, int]]:
        before = self._before[place]
        labels = self._board.coupled[chosen[before[0][0]]] if before else self._board.coupled
        taken = set(chosen.values())
        gains = [
            (self._gain(label, chosen, place), label) for label in labels if label not in taken
        ]
        found = [(gain, label) for gain, label in gains if gain > -math.inf]
        return sorted(found, key=lambda choice: (-choice[0], choice[1]))

    def _gain(self, label: int, chosen: Labels, place: int) -> float:
        """Return the logarithm that this qubit adds at a label; -inf where it cannot be."""
        gain = self._board.alone[self._wanted.order[place]][label]
        for other, uses in self._before[place]:
            gate, log = self._board.coupled[label].get(chosen[other], ("", 0.0))
            if uses.keys() != {gate}:
                return -math.inf
            gain += uses[gate] * log
        return gain


def _wanted(
    gates: Sequence[Gate],
    whole: Sequence[Gate],
    *,
    layout: Sequence[int],
    measured_qubits: Sequence[int],
    fidelities: Fidelities,
) -> _Wanted:
    pulses: dict[int, int] = {}
    uses: dict[_Edge, dict[str, int]] = {}
    for gate, counts in [*((g, 0) for g in whole), *((g, 1) for g in gates)]:
        if len(gate.qubits) == _TWO:
            edge = uses.setdefault((min(gate.qubits), max(gate.qubits)), {})
            edge[gate.name] = edge.get(gate.name, 0) + counts
        elif gate.name not in VIRTUAL:
            pulses[gate.qubits[0]] = pulses.get(gate.qubits[0], 0) + counts
    touched = {q for gate in (*whole, *gates) for q in gate.qubits} | {*layout, *measured_qubits}
    readings = dict.fromkeys(measured_qubits, 1)
    return _Wanted(_order(touched, uses), pulses, fidelities.waits(gates), readings, uses)


def _order(touched: set[int], uses: Mapping[_Edge, object]) -> tuple[int, ...]:
    """Return the qubits so that each is coupled with as many earlier ones as can be."""
    neighbours = {label: {b for edge in uses if label in edge for b in edge} for label in touched}
    left, order = set(touched), list[int]()
    while left:
        label = min(
            left,
            key=lambda q: (-len(neighbours[q] & set(order)), -len(neighbours[q]), q),
        )
        order.append(label)
        left.remove(label)
    return tuple(order)


def _alone(wanted: _Wanted, qubit: int, label: int, fidelities: Fidelities) -> float:
    pulses = wanted.pulses.get(qubit, 0)
    log = fidelities.log_idle(label, wanted.waits.get(qubit, ()))
    if pulses:
        log += pulses * _log(fidelities.one_qubit(label))
    if wanted.readings.get(qubit):
        log += _log(fidelities.readout(label))
    return log


def _log(fidelity: float) -> float:
    return math.log(fidelity) if fidelity > 0 else -math.inf
