"""Read back the OpenQASM that this project writes, about a hundred times faster than a full parser.

It is a reader of one dialect, a statement a line; whatever else OpenQASM has is refused.
"""

import ast
import math
import re

from datasets.records.circuits import Angle, Circuit, Gate
from tasks.errors import BadInput

_GATE = re.compile(r"(\w+)(?:\((.*)\))? ([^;=]+);\Z")
_MEASURE = re.compile(r"\w+\[(\d+)\] = measure ([^;]+);\Z")
_QUBIT = re.compile(r"(?:\$(\d+)|\w+\[(\d+)\])\Z")
_TERM = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:\*(?=[^\W\d])|(?=[+-]|\Z)))?"
    r"(?P<name>(?!\d)\w+)?(?=[+-]|\Z)"
)
_SKIPPED = re.compile(r"(OPENQASM |input float |bit\[|qubit\[|#pragma braket verbatim|box\{|\}\Z)")


def from_openqasm(source: str) -> tuple[Circuit, tuple[int, ...]]:
    """Return the circuit and the labels that it measures, in the order of the bits.

    Raises:
        BadInput: a line that this project would not have written, with its number.
    """
    gates: list[Gate] = []
    measured: dict[int, int] = {}
    for number, line in enumerate(source.splitlines(), start=1):
        if not line or _SKIPPED.match(line):
            continue
        if found := _MEASURE.match(line):
            measured[int(found[1])] = _label(found[2], number)
        elif found := _GATE.match(line):
            gates.append(_gate(found, number))
        else:
            raise _unreadable(line, number)
    labels = {qubit for gate in gates for qubit in gate.qubits} | set(measured.values())
    order = tuple(measured[bit] for bit in range(len(measured)))
    return Circuit(len(labels), tuple(gates)), order


def _gate(found: re.Match[str], number: int) -> Gate:
    qubits = tuple(_label(text, number) for text in found[3].split(", "))
    angles = tuple(_angle(text, number) for text in found[2].split(", ")) if found[2] else ()
    return Gate(found[1], qubits, angles)


def _label(text: str, number: int) -> int:
    found = _QUBIT.match(text)
    if found is None:
        raise _unreadable(text, number)
    return int(found[1] or found[2])


def _angle(text: str, number: int) -> Angle:
    found = _sum(text)
    if found is not None:
        return found
    try:
        return _affine(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise _unreadable(text, number) from error


def _sum(text: str) -> Angle | None:
    """Read `constant + weight*name + ...` of any length, which is all that this project writes."""
    constant, weights, at = 0.0, dict[str, float](), 0
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None or found.end() == at or (at and not found["sign"]):
            return None
        if not found["number"] and not found["name"]:
            return None
        at = found.end()
        factor = float(found["number"] or 1) * (-1 if found["sign"] == "-" else 1)
        name = found["name"]
        if name is None or name == "pi":
            constant += factor * (math.pi if name else 1)
        else:
            weights[name] = weights.get(name, 0.0) + factor
    return Angle(constant, tuple(sorted((n, w) for n, w in weights.items() if w)))


def _affine(node: ast.expr) -> Angle:
    match node:
        case ast.Constant(value=int() | float() as value):
            return Angle(float(value))
        case ast.Name(id="pi"):
            return Angle(math.pi)
        case ast.Name(id=name):
            return Angle(0.0, ((name, 1.0),))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_affine(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _affine(left) + _affine(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _affine(left) + -_affine(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_affine(left), _affine(right))
    message = f"{ast.unparse(node)} is not affine"
    raise ValueError(message)


def _product(left: Angle, right: Angle) -> Angle:
    if left.terms and right.terms:
        message = "a product of parameters is not affine"
        raise ValueError(message)
    return right * left.constant if right.terms else left * right.constant


def _unreadable(text: str, number: int) -> BadInput:
    return BadInput(f"Line {number} of the OpenQASM cannot be read here: {text!r}.")
