"""Texts that measure some qubits into some bits, and what comes out by other packages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Place = tuple[str, int]  # a register and an index in it


@dataclass(frozen=True, slots=True)
class MeasuredText:
    """Registers, gates on them (a name, angles, places), and measurements of qubits into bits."""

    qubits: tuple[tuple[str, int], ...]
    bits: tuple[tuple[str, int], ...]
    gates: tuple[tuple[str, tuple[float, ...], tuple[Place, ...]], ...]
    measurements: tuple[tuple[Place, Place], ...]

    @property
    def old(self) -> str:
        """The text in OpenQASM 2."""
        lines = ["OPENQASM 2.0;", 'include "qelib1.inc";']
        lines += [f"qreg {name}[{size}];" for name, size in self.qubits]
        lines += [f"creg {name}[{size}];" for name, size in self.bits]
        lines += self._gates
        lines += [f"measure {_at(qubit)} -> {_at(bit)};" for qubit, bit in self.measurements]
        return "\n".join(lines) + "\n"

    @property
    def new(self) -> str:
        """The text in OpenQASM 3."""
        lines = ["OPENQASM 3.0;", 'include "stdgates.inc";']
        lines += [f"bit[{size}] {name};" for name, size in self.bits]
        lines += [f"qubit[{size}] {name};" for name, size in self.qubits]
        lines += self._gates
        lines += [f"{_at(bit)} = measure {_at(qubit)};" for qubit, bit in self.measurements]
        return "\n".join(lines) + "\n"

    @property
    def written(self) -> tuple[Place, ...]:
        """The bits that are measured into, in the order of their registers."""
        order = {name: place for place, (name, _) in enumerate(self.bits)}
        return tuple(sorted({b for _, b in self.measurements}, key=lambda b: (order[b[0]], b[1])))

    @property
    def _gates(self) -> list[str]:
        return [
            f"{_called(name, angles)} {', '.join(map(_at, on))};" for name, angles, on in self.gates
        ]


def measured_texts(*, gates: Mapping[str, tuple[int, int]]) -> st.SearchStrategy[MeasuredText]:
    """Return texts of up to 3 + 3 qubits; `gates` has the qubits and the angles of each."""

    @st.composite
    def texts(draw: st.DrawFn) -> MeasuredText:
        qubits = _registers(draw, "qr")
        bits = _registers(draw, "cd")
        places, holders = _places(qubits), _places(bits)
        made = []
        for name in draw(st.lists(st.sampled_from(sorted(gates)), max_size=8)):
            n_qubits, n_angles = gates[name]
            if n_qubits <= len(places):
                chosen = tuple(draw(st.permutations(places))[:n_qubits])
                angles = tuple(draw(st.floats(-3, 3)) for _ in range(n_angles))
                made.append((name, angles, chosen))
        order = draw(st.permutations(places))[: draw(st.integers(1, len(places)))]
        into = [draw(st.sampled_from(holders)) for _ in order]  # one may be overwritten
        return MeasuredText(qubits, bits, tuple(made), tuple(zip(order, into, strict=True)))

    return texts()


def by_qiskit(text: MeasuredText) -> dict[str, float]:
    """Return the outcomes' probabilities by qiskit, the first bit that is written leftmost."""
    import qiskit.qasm2
    from qiskit.quantum_info import Statevector

    circuit = qiskit.qasm2.loads(text.old)
    held: dict[Any, Any] = {}
    for item in circuit.data:
        if item.operation.name == "measure":
            held[item.clbits[0]] = item.qubits[0]
    bits = [bit for bit in circuit.clbits if bit in held]
    state = Statevector(circuit.remove_final_measurements(inplace=False))
    qargs = [circuit.find_bit(held[bit]).index for bit in bits]
    # qiskit writes the last of `qargs` leftmost
    return {key[::-1]: float(p) for key, p in state.probabilities_dict(qargs).items() if p > 1e-12}


def by_braket(text: MeasuredText, *, shots: int) -> dict[str, float]:
    """Return the outcomes' shares by Braket's own simulator, which takes one register of bits."""
    from braket.devices import LocalSimulator
    from braket.ir.openqasm import Program

    source = text.new.replace('include "stdgates.inc";\n', "").replace("cx ", "cnot ")
    found = LocalSimulator("braket_sv").run(Program(source=source), shots=shots).result()
    return {key: count / shots for key, count in found.measurement_counts.items()}


def distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the total variation distance of two distributions."""
    return sum(abs(one.get(k, 0.0) - other.get(k, 0.0)) for k in {*one, *other}) / 2


def _registers(draw: st.DrawFn, names: Sequence[str]) -> tuple[tuple[str, int], ...]:
    count = draw(st.integers(1, len(names)))
    return tuple((name, draw(st.integers(1, 3))) for name in names[:count])


def _places(registers: Sequence[tuple[str, int]]) -> list[Place]:
    return [(name, index) for name, size in registers for index in range(size)]


def _called(name: str, angles: Sequence[float]) -> str:
    return f"{name}({', '.join(map(repr, angles))})" if angles else name


def _at(place: Place) -> str:
    return f"{place[0]}[{place[1]}]"
