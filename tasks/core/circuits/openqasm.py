"""Circuits as OpenQASM 3 text that Braket accepts, the same text in every process."""

import math
from collections.abc import Mapping, Sequence

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.parameters import is_identifier
from tasks.errors import BadInput

_RESERVED = frozenset(
    """
    OPENQASM U angle arccos arcsin arctan array barrier bit bool box break cal case ceiling complex
    const continue cos creg ctrl def defcal defcalgrammar default delay duration durationof else
    end euler exp extern false float floor for gate gphase if im in include input int inv let log
    measure mod mutable negctrl opaque output pi popcount pow pragma qreg qubit readonly real reset
    return rotl rotr sin sizeof sqrt stretch switch tan tau true uint void while π τ ℇ
    """.split()  # noqa: SIM905  # sixty quoted words would be harder to read
)


def to_openqasm(circuit: Circuit, *, measured_qubits: Sequence[int] | None, verbatim: bool) -> str:
    """Return OpenQASM 3 for `circuit`, its parameters as sorted inputs.

    With `verbatim` the gates stand in a verbatim box on physical qubits `$label`; without it on a
    register in which labels keep their order, and are kept as they are when they all lie below
    `circuit.n_qubits`. Bit i of `b` is the i-th of `measured_qubits`; None measures nothing.

    Raises:
        BadInput: a parameter whose name OpenQASM cannot hold, or an angle that is not finite.
    """
    parameters = circuit.parameters
    _check_names(parameters)
    measured = tuple(measured_qubits or ())
    register = _free_name("q", taken=parameters)
    names = _qubit_names(circuit, measured=measured, register=None if verbatim else register)
    bits = _free_name("b", taken=(*parameters, register))
    lines = ["OPENQASM 3.0;", *(f"input float {name};" for name in parameters)]
    if measured:
        lines.append(f"bit[{len(measured)}] {bits};")
    if not verbatim:
        lines.append(f"qubit[{len(names)}] {register};")
    body = [_statement(gate, names=names) for gate in circuit.gates]
    lines += ["#pragma braket verbatim", "box{", *body, "}"] if verbatim else body
    lines += [f"{bits}[{i}] = measure {names[label]};" for i, label in enumerate(measured)]
    return "\n".join(lines) + "\n"


def is_parameter_name(name: str) -> bool:
    """Tell whether a parameter may have this name."""
    return is_identifier(name) and name not in _RESERVED


def _check_names(parameters: Sequence[str]) -> None:
    for name in parameters:
        if not is_parameter_name(name):
            message = (
                f"{name!r} cannot be the name of a parameter in OpenQASM. Use letters, digits and "
                "underscores, not a digit first, and no word of the language."
            )
            raise BadInput(message)


def _free_name(name: str, *, taken: Sequence[str]) -> str:
    return name if name not in taken else _free_name(name + "_", taken=taken)


def _qubit_names(
    circuit: Circuit, *, measured: Sequence[int], register: str | None
) -> dict[int, str]:
    labels = sorted({*measured, *(qubit for gate in circuit.gates for qubit in gate.qubits)})
    if register is None:
        return {label: f"${label}" for label in labels}
    if all(label < circuit.n_qubits for label in labels):
        labels = list(range(circuit.n_qubits))
    return {label: f"{register}[{i}]" for i, label in enumerate(labels)}


def _statement(gate: Gate, *, names: Mapping[int, str]) -> str:
    angles = ", ".join(_expression(angle) for angle in gate.angles)
    qubits = ", ".join(names[qubit] for qubit in gate.qubits)
    return f"{gate.name}({angles}) {qubits};" if angles else f"{gate.name} {qubits};"


def _expression(angle: Angle) -> str:
    """Write `constant + weight * name + ...`, with signs between terms and no needless parts."""
    parts = [(weight, f"*{name}" if abs(weight) != 1 else name) for name, weight in angle.terms]
    if angle.constant or not parts:
        parts.append((angle.constant, ""))
    text = ""
    for value, suffix in parts:
        sign = "-" if value < 0 else ("+" if text else "")
        text += (
            sign + ("" if suffix and not suffix.startswith("*") else _number(abs(value))) + suffix
        )
    return text


def _number(value: float) -> str:
    if not math.isfinite(value):
        message = f"The angle {value} is not a finite number. Correct the circuit."
        raise BadInput(message)
    return repr(float(value))
