"""Measurements midway, outcomes that decide and resets, put off to the end of a circuit.

Every circuit here is gates and then measurements, because that is what devices take. A qubit that
goes on after its measurement is copied first: a fresh qubit, flipped where it is 1, holds the
outcome. Gates that depend on bits are controlled by the qubits that hold them; a reset goes on with
a fresh qubit in the place of the old one. Outcomes have the same probabilities as midway (deferred
measurement: Nielsen and Chuang, section 4.4).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from datasets.records.circuits import BARRIER, Circuit, Gate
from tasks.core.qasm.registers import MAX_QUBITS
from tasks.core.qasm.syntax import Measurement, Reset
from tasks.core.qasm.tokens import Source

_DIAGONAL: Final = frozenset(
    "i z s si t ti rz phaseshift cz zz cphaseshift cphaseshift00 cphaseshift01 "  # noqa: SIM905
    "cphaseshift10 barrier".split()
)
_CONTROLS: Final = {"cnot": 1, "cy": 1, "cv": 1, "ccnot": 2, "cswap": 1}
"""Gates whose first qubits decide and stay as they are -> how many."""


class Wires:
    """The gates of a circuit as they are read, on wires: its qubits, and fresh ones beside."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._gates: list[Gate] = []
        self._wires: dict[int, int] = {}  # of the qubits that were reset
        self._fresh = 0
        self._used: set[int] = set()
        self._measured: set[int] = set()  # wires that hold an outcome
        self._bits: dict[int, int] = {}  # the wires that hold them
        self._first: dict[int, int] = {}  # values of bits before they are measured into
        self._loose: list[int] = []  # outcomes without a bit

    def on(self, qubits: Sequence[int]) -> tuple[int, ...]:
        """Return the wires of qubits."""
        return tuple(self._wires.get(qubit, qubit) for qubit in qubits)

    def apply(self, gates: Iterable[Gate], *, at: int, controlled: bool = False) -> None:
        """Apply gates, whose qubits are wires; what was measured is copied before it changes.

        With `controlled` they leave outcomes as they are.

        Raises:
            BadInput: there are too many qubits.
        """
        for gate in gates:
            if self._measured and not controlled:
                for wire in self._changed(gate):
                    self._copy(wire, at=at)
            self._gates.append(gate)
            if gate.name != BARRIER:
                self._used.update(gate.qubits)

    def release(self, wires: Sequence[int], *, at: int) -> None:
        """Copy what was measured of these wires, which are about to change."""
        for wire in self._measured.intersection(wires):
            self._copy(wire, at=at)

    def start(self, bits: Sequence[int], values: Sequence[int]) -> None:
        """Give bits the values that they have until they are measured into."""
        self._first.update(zip(bits, values, strict=True))

    def measure(
        self, measurement: Measurement, qubits: Sequence[int], bits: Sequence[int] | None
    ) -> None:
        """Measure qubits; `bits` None drops the outcomes' names.

        Raises:
            BadInput: other numbers of qubits and bits.
        """
        wires = self.on(qubits)
        self._measured.update(wires)
        if bits is None:
            self._loose += wires
            return
        if len(bits) != len(qubits):
            what = f"{len(qubits)} qubits are measured into {len(bits)} bits. Make them equal."
            raise self._source.fault(measurement.at, what)
        if len(set(bits)) < len(bits):
            what = "a bit is measured into twice at once. Give each qubit a bit of its own."
            raise self._source.fault(measurement.at, what)
        self._bits.update(zip(bits, wires, strict=True))

    def reset(self, reset: Reset, qubits: Sequence[int]) -> None:
        """Put qubits back to 0: those that were used go on as fresh ones.

        Raises:
            BadInput: there are too many qubits.
        """
        for qubit, wire in zip(qubits, self.on(qubits), strict=True):
            if wire in self._used:
                self._wires[qubit] = self._new(at=reset.at)

    def values(self, bits: Iterable[int]) -> Mapping[int, int]:
        """Return the values of those bits into which nothing was measured so far."""
        return {bit: self._first.get(bit, 0) for bit in bits if bit not in self._bits}

    def holding(self, bit: int) -> int:
        """Return the wire that holds a bit that was measured into."""
        return self._bits[bit]

    def finished(self, n_qubits: int, *, at: int) -> tuple[Circuit, tuple[int, ...]]:
        """Return the circuit, and the measured qubits in the order of their bits.

        Those without a bit come last. The circuit's own qubits come first, as they are at the end,
        and after them those that were left behind or hold outcomes measured before the end.

        Raises:
            BadInput: there are too many qubits.
        """
        order = self._order(at=at)
        places = {self._wires.get(qubit, qubit): qubit for qubit in range(n_qubits)}
        named = {wire for gate in self._gates for wire in gate.qubits}.union(order)
        for wire in sorted(named - places.keys()):
            places[wire] = len(places)
        gates = self._gates
        if self._fresh:
            gates = [Gate(g.name, tuple(places[w] for w in g.qubits), g.angles) for g in gates]
        return Circuit(len(places), tuple(gates)), tuple(places[wire] for wire in order)

    def _order(self, *, at: int) -> tuple[int, ...]:
        """Return the wires of the bits, each once: a qubit in two bits is copied."""
        for bit, wire in sorted(self._bits.items()):
            if any(other == wire and b < bit for b, other in self._bits.items()):
                self._bits[bit] = self._flipped_by(wire, at=at)
        held = tuple(wire for _, wire in sorted(self._bits.items()))
        return (*held, *(wire for wire in dict.fromkeys(self._loose) if wire not in held))

    def _changed(self, gate: Gate) -> list[int]:
        """Return the measured wires whose outcome the gate would change."""
        if gate.name in _DIAGONAL:
            return []
        kept = _CONTROLS.get(gate.name, 0)
        return [wire for wire in gate.qubits[kept:] if wire in self._measured]

    def _copy(self, wire: int, *, at: int) -> None:
        """Let a fresh wire hold what was measured on this one."""
        copy = self._flipped_by(wire, at=at)
        self._bits = {bit: copy if held == wire else held for bit, held in self._bits.items()}
        self._loose = [copy if held == wire else held for held in self._loose]
        self._measured.remove(wire)
        self._measured.add(copy)

    def _flipped_by(self, wire: int, *, at: int) -> int:
        copy = self._new(at=at)
        self._gates.append(Gate("cnot", (wire, copy)))
        self._used.add(copy)
        return copy

    def _new(self, *, at: int) -> int:
        self._fresh += 1
        if self._fresh > MAX_QUBITS:
            what = f"measured and reset midway more than {MAX_QUBITS} times. Give a smaller one."
            raise self._source.fault(at, what)
        return MAX_QUBITS + self._fresh - 1
