"""Texts that measure midway, decide by outcomes and reset, and what comes out of them exactly."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from datasets.records.circuits import Angle, Circuit, Gate
from tests.tasks.core.compilation.reference import evolved

N_QUBITS = 2
N_BITS = 3
QUBITS = range(N_QUBITS)


@dataclass(frozen=True, slots=True)
class Line:
    """A gate, a measurement (bit) or a reset of a qubit; a gate may need a register's value."""

    kind: str
    gate: Gate
    bit: int = 0
    wanted: int | None = None

    @property
    def text(self) -> str:
        """The line in OpenQASM 3."""
        qubits = ", ".join(f"q[{qubit}]" for qubit in self.gate.qubits)
        if self.kind == "measure":
            return f"c[{self.bit}] = measure {qubits};"
        if self.kind == "reset":
            return f"reset {qubits};"
        angles = ", ".join(repr(angle.constant) for angle in self.gate.angles)
        call = f"{self.gate.name}{f'({angles})' if angles else ''} {qubits};"
        if self.wanted is None:
            return call
        test = f"c[{self.bit}] == {self.wanted}" if self.wanted < 2 else f"c == {self.wanted}"
        return f"if ({test}) {{ {call} }}"


def text_of(lines: list[Line]) -> str:
    """Return the text, which measures both qubits at its end."""
    head = [f"OPENQASM 3.0; bit[{N_BITS + N_QUBITS}] c; qubit[{N_QUBITS}] q;"]
    ends = [f"c[{N_BITS + qubit}] = measure q[{qubit}];" for qubit in QUBITS]
    return "\n".join([*head, *(line.text for line in lines), *ends]) + "\n"


_turned = st.builds(
    lambda name, qubit, angle: Gate(name, (qubit,), (Angle(angle),)),
    st.sampled_from(["rx", "ry"]),
    st.sampled_from(QUBITS),
    st.floats(-3, 3),
)
_fixed = st.builds(
    lambda name, qubit: Gate(name, (qubit,)), st.sampled_from("hxs"), st.sampled_from(QUBITS)
)
_pairs = st.builds(Gate, st.sampled_from(["cnot", "cz"]), st.permutations(QUBITS).map(tuple))
_gates = st.one_of(_turned, _fixed, _pairs)
_one = st.builds(lambda qubit: Gate("i", (qubit,)), st.sampled_from(QUBITS))
_bits = st.integers(0, N_BITS - 1)
lines = st.lists(
    st.builds(Line, st.just("gate"), _gates)
    | st.builds(Line, st.just("measure"), _one, _bits)
    | st.builds(Line, st.just("reset"), _one)
    | st.builds(Line, st.just("gate"), _gates, _bits, st.integers(0, 1) | st.sampled_from([3, 5])),
    max_size=10,
)


def probabilities(made: list[Line]) -> dict[str, float]:
    """Return what the bits that are measured into hold, by following every branch."""
    start = np.zeros((2,) * N_QUBITS, dtype=complex)
    start[(0,) * N_QUBITS] = 1
    branches: list[tuple[NDArray[np.complex128], dict[int, int]]] = [(start, {})]
    ends = [Line("measure", Gate("i", (qubit,)), N_BITS + qubit) for qubit in QUBITS]
    for line in [*made, *ends]:
        branches = [after for branch in branches for after in _after(line, *branch)]
    found: defaultdict[str, float] = defaultdict(float)
    for state, bits in branches:
        found["".join(str(bits[bit]) for bit in sorted(bits))] += float(np.sum(np.abs(state) ** 2))
    return {key: value for key, value in found.items() if value > 1e-12}


def _after(
    line: Line, state: NDArray[np.complex128], bits: Mapping[int, int]
) -> list[tuple[NDArray[np.complex128], dict[int, int]]]:
    if line.kind == "gate":
        if line.wanted is not None and _value(line, bits) != line.wanted:
            return [(state, dict(bits))]
        circuit = Circuit(N_QUBITS, (line.gate,))
        return [(evolved(state, circuit=circuit, qubits=QUBITS, values={}), dict(bits))]
    (qubit,) = line.gate.qubits
    found = []
    for outcome in (0, 1):
        kept = np.moveaxis(state.copy(), qubit, 0)
        kept[1 - outcome] = 0
        if not np.abs(kept).max() > 1e-9:
            continue
        if line.kind == "reset":
            kept[0], kept[1] = kept[outcome].copy(), 0
        known = dict(bits) | ({line.bit: outcome} if line.kind == "measure" else {})
        found.append((np.moveaxis(kept, 0, qubit), known))
    return found


def _value(line: Line, bits: Mapping[int, int]) -> int:
    assert line.wanted is not None
    if line.wanted < 2:
        return bits.get(line.bit, 0)
    return sum(value << bit for bit, value in bits.items())
