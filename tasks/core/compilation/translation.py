"""Circuits into qiskit's form and back, with angles affine on both sides."""

import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from datasets.records.circuits import BARRIER, Angle, Circuit, Gate
from tasks.core.circuits.angles import wrapped
from tasks.core.circuits.barriers import effective, without
from tasks.errors import BadInput, UnknownName

_QUARTER = math.pi / 2

SOURCE_GATES: dict[str, tuple[int, int]] = {
    "i": (1, 0), "h": (1, 0), "x": (1, 0), "y": (1, 0), "z": (1, 0), "s": (1, 0), "si": (1, 0),
    "t": (1, 0), "ti": (1, 0), "v": (1, 0), "vi": (1, 0), "rx": (1, 1), "ry": (1, 1),
    "rz": (1, 1), "phaseshift": (1, 1), "U": (1, 3), "prx": (1, 2), "gpi": (1, 1), "gpi2": (1, 1),
    "cnot": (2, 0), "cy": (2, 0), "cz": (2, 0), "cv": (2, 0), "ecr": (2, 0), "swap": (2, 0),
    "iswap": (2, 0), "pswap": (2, 1), "xy": (2, 1), "xx": (2, 1), "yy": (2, 1), "zz": (2, 1),
    "cphaseshift": (2, 1), "cphaseshift00": (2, 1), "cphaseshift01": (2, 1),
    "cphaseshift10": (2, 1), "ms": (2, 3), "ccnot": (3, 0), "cswap": (3, 0),
}  # fmt: skip
"""Gates that programs may use, by Braket's OpenQASM names -> (qubits, angles)."""

_DIRECT = {
    "i": "id", "h": "h", "x": "x", "y": "y", "z": "z", "s": "s", "si": "sdg", "t": "t",
    "ti": "tdg", "v": "sx", "vi": "sxdg", "rx": "rx", "rz": "rz", "phaseshift": "p",
    "cnot": "cx", "cy": "cy", "cz": "cz", "cv": "csx", "ecr": "ecr", "swap": "swap",
    "iswap": "iswap", "xx": "rxx", "yy": "ryy", "zz": "rzz", "cphaseshift": "cp", "ccnot": "ccx",
    "cswap": "cswap",
}  # fmt: skip
"""Source gate -> the method of qiskit's QuantumCircuit that appends it."""

_LOWERED = {"rz": "rz", "rx": "rx", "cz": "cz", "rzz": "zz", "rxx": "xx", "iswap": "iswap"}
_FIXED_RX = {"sx": Angle(_QUARTER), "x": Angle(math.pi)}
_MEASURE = "measure"


def checked_source(circuit: Circuit) -> Circuit:
    """Return `circuit` when every gate of it can be compiled.

    Raises:
        UnknownName: a gate that is not in `SOURCE_GATES`.
        BadInput: no qubits; a gate with the wrong number of qubits or angles, or on a qubit that is
            not there.
    """
    if circuit.n_qubits < 1:
        message = f"The circuit has {circuit.n_qubits} qubits; it needs at least 1. Correct it."
        raise BadInput(message)
    for gate in without(circuit.gates):
        if gate.name not in SOURCE_GATES:
            kind = "gate"
            raise UnknownName(kind, gate.name, SOURCE_GATES)
        _check_shape(gate, n_qubits=circuit.n_qubits)
    return circuit


def to_qiskit(circuit: Circuit, *, measured: Sequence[int]) -> Any:
    """Return a qiskit `QuantumCircuit` that ends in a barrier and Z measurements."""
    from qiskit import QuantumCircuit

    built = QuantumCircuit(circuit.n_qubits, len(measured))
    symbols = _symbols(circuit.parameters)
    for gate in circuit.gates:
        for name, qubits, angles in _expanded(gate):
            values = (_expression(angle, symbols=symbols) for angle in angles)
            getattr(built, name)(*values, *qubits)
    built.barrier()
    built.measure(measured, range(len(measured)))
    return built


def to_gates(built: Any, *, labels: Sequence[int]) -> tuple[Gate, ...]:
    """Return the lowered gates of a transpiled circuit, and its barriers that part some of them.

    Physical qubit i becomes `labels[i]`.

    Raises:
        BadInput: an angle that is not affine in the parameters.
    """
    index = {qubit: labels[i] for i, qubit in enumerate(built.qubits)}
    gates: list[Gate] = []
    for item in built.data:
        name = item.operation.name
        qubits = tuple(index[qubit] for qubit in item.qubits)
        if name == BARRIER:
            gates.append(Gate(BARRIER, qubits))
        elif name != _MEASURE:
            gates.extend(_lowered(name, qubits, tuple(map(_affine, item.operation.params))))
    return effective(gates)


def _lowered(name: str, qubits: tuple[int, ...], angles: tuple[Angle, ...]) -> tuple[Gate, ...]:
    if name in _FIXED_RX:
        return (Gate("rx", qubits, (_FIXED_RX[name],)),)
    gate = Gate(_LOWERED[name], qubits, tuple(wrapped(angle) for angle in angles))
    return _short_zz(gate) if gate.name == "zz" else (gate,)


def _short_zz(gate: Gate) -> tuple[Gate, ...]:
    """Turn by at most a quarter: zz(t) is zz(t - pi) with an rz(pi) on both, which is free."""
    (angle,) = gate.angles
    if angle.terms or abs(angle.constant) <= _QUARTER:
        return () if angle == Angle() else (gate,)
    shorter = wrapped(angle + Angle(math.pi))
    flips = tuple(Gate("rz", (qubit,), (Angle(math.pi),)) for qubit in gate.qubits)
    rest = () if shorter == Angle() else (Gate("zz", gate.qubits, (shorter,)),)
    return (*rest, *flips)


def _check_shape(gate: Gate, *, n_qubits: int) -> None:
    shape = (len(gate.qubits), len(gate.angles))
    if shape != SOURCE_GATES[gate.name] or len(set(gate.qubits)) != len(gate.qubits):
        qubits, angles = SOURCE_GATES[gate.name]
        message = (
            f"Gate {gate.name} takes {qubits} different qubits and {angles} angles; it was given "
            f"the qubits {gate.qubits} and {len(gate.angles)} angles. Correct the circuit."
        )
        raise BadInput(message)
    if min(gate.qubits) < 0 or max(gate.qubits) >= n_qubits:
        message = (
            f"Gate {gate.name} acts on the qubits {gate.qubits}; the circuit has the qubits 0 to "
            f"{n_qubits - 1}. Correct the circuit."
        )
        raise BadInput(message)
    if not all(math.isfinite(angle.constant) for angle in gate.angles):
        message = f"Gate {gate.name} on {gate.qubits} has an angle that is not a finite number."
        raise BadInput(message)


Step = tuple[str, tuple[int, ...], tuple[Angle, ...]]


def _expanded(gate: Gate) -> tuple[Step, ...]:
    """Spell a gate in qiskit's, parametrised ones so that their angles stay affine."""
    if gate.name == BARRIER:
        return ((BARRIER, gate.qubits, ()),)
    if gate.name in _DIRECT:
        return ((_DIRECT[gate.name], gate.qubits, gate.angles),)
    if gate.name in _ONE_QUBIT:
        return _ONE_QUBIT[gate.name](gate.qubits, gate.angles)
    return _TWO_QUBIT[gate.name](gate.qubits, gate.angles)


def _turned(axis: Angle, qubits: tuple[int, ...], step: Step) -> tuple[Step, ...]:
    return (("rz", qubits, (-axis,)), step, ("rz", qubits, (axis,)))


def _u(qubits: tuple[int, ...], angles: tuple[Angle, ...]) -> tuple[Step, ...]:
    tilt, last, first = angles
    return (
        ("rz", qubits, (first + Angle(-_QUARTER),)),
        ("rx", qubits, (tilt,)),
        ("rz", qubits, (last + Angle(_QUARTER),)),
    )


_Spelling = Callable[[tuple[int, ...], tuple[Angle, ...]], tuple[Step, ...]]

_ONE_QUBIT: dict[str, _Spelling] = {
    "ry": lambda q, a: _turned(Angle(_QUARTER), q, ("rx", q, a)),
    "prx": lambda q, a: _turned(a[1], q, ("rx", q, a[:1])),
    "gpi": lambda q, a: _turned(a[0], q, ("x", q, ())),
    "gpi2": lambda q, a: _turned(a[0], q, ("sx", q, ())),
    "U": _u,
}


def _flipped(flips: tuple[int, ...], step: Step) -> tuple[Step, ...]:
    around = tuple(("x", (qubit,), ()) for qubit in flips)
    return (*around, step, *around)


def _ms(q: tuple[int, ...], a: tuple[Angle, ...]) -> tuple[Step, ...]:
    before = tuple(("rz", (qubit,), (-axis,)) for qubit, axis in zip(q, a[:2], strict=True))
    after = tuple(("rz", (qubit,), (axis,)) for qubit, axis in zip(q, a[:2], strict=True))
    return (*before, ("rxx", q, a[2:]), *after)


_TWO_QUBIT: dict[str, _Spelling] = {
    "ms": _ms,
    "pswap": lambda q, a: (("swap", q, ()), ("rzz", q, a)),
    "xy": lambda q, a: (("rxx", q, (a[0] * -0.5,)), ("ryy", q, (a[0] * -0.5,))),
    "cphaseshift00": lambda q, a: _flipped(q, ("cp", q, a)),
    "cphaseshift01": lambda q, a: _flipped(q[:1], ("cp", q, a)),
    "cphaseshift10": lambda q, a: _flipped(q[1:], ("cp", q, a)),
}


def _symbols(names: Sequence[str]) -> dict[str, Any]:
    """Make qiskit parameters whose hidden ids are the same in every process."""
    from qiskit.circuit import Parameter

    return {name: Parameter(name, uuid=uuid.uuid5(uuid.NAMESPACE_OID, name)) for name in names}


def _expression(angle: Angle, *, symbols: Mapping[str, Any]) -> Any:
    value: Any = angle.constant
    for name, weight in angle.terms:
        value = value + symbols[name] * weight
    return value


def _affine(value: Any) -> Angle:
    from qiskit.circuit import ParameterExpression

    if not isinstance(value, ParameterExpression):
        return Angle(float(value))
    weights = {symbol.name: value.gradient(symbol) for symbol in value.parameters}
    if any(
        isinstance(weight, ParameterExpression) and weight.parameters for weight in weights.values()
    ):
        message = (
            f"The angle {value} is not a sum of parameters with constant factors, which is all "
            "that native gates take. Give the circuit a parameter for each such angle."
        )
        raise BadInput(message)
    constant = float(value.bind(dict.fromkeys(value.parameters, 0.0)).numeric())
    terms = tuple(sorted((name, float(weight)) for name, weight in weights.items()))
    return Angle(constant, tuple(term for term in terms if term[1] != 0.0))
