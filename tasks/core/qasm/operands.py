"""Parse what gates act on: qubits, bits and their indices, and the modifiers before a gate."""

from typing import Final

from tasks.core.qasm.cursor import Cursor
from tasks.core.qasm.expressions import expression
from tasks.core.qasm.syntax import Expression, Index, Listed, Modifier, Number, Operand, Range
from tasks.core.qasm.tokens import shown

_MODIFIERS: Final = frozenset({"inv", "ctrl", "negctrl", "pow"})


def operand(cursor: Cursor) -> Operand:
    """Take qubits or bits: `q`, `q[2]`, `q[0:3]` or `$2`."""
    token = cursor.token
    if token.kind == "qubit":
        cursor.take()
        return Operand(token.text, None, token.at)
    name = cursor.expect_kind("name", what="a name of qubits or bits").text
    return Operand(name, index(cursor) if cursor.accept("[") else None, token.at)


def operands(cursor: Cursor) -> tuple[Operand, ...]:
    """Take at least one operand, and more after commas."""
    found = [operand(cursor)]
    while cursor.accept(","):
        found.append(operand(cursor))
    return tuple(found)


def index(cursor: Cursor) -> Index:
    """Take an index, a range or a list up to the closing bracket, which is taken too."""
    if cursor.accept("{"):
        listed = _listed(cursor)
        cursor.expect("]")
        return Listed(listed)
    parts = [expression(cursor)]
    while len(parts) <= 2 and cursor.accept(":"):  # noqa: PLR2004 - start:step:stop
        parts.append(expression(cursor))
    cursor.expect("]")
    match parts:
        case [start, step, stop]:
            return Range(start, step, stop)
        case [start, stop]:
            return Range(start, Number(1), stop)
    return parts[0]


def values(cursor: Cursor) -> Range | tuple[Expression, ...]:
    """Take the values of a loop: `[0:3]` or `{0, 2, 3}`."""
    if cursor.accept("{"):
        return _listed(cursor)
    cursor.expect("[")
    taken = index(cursor)
    if not isinstance(taken, Range):
        what = "a loop needs a range such as [0:3] or a list {0, 2, 3}. Write one."
        raise cursor.fault(what)
    return taken


def _listed(cursor: Cursor) -> tuple[Expression, ...]:
    """Take expressions up to the closing brace, which is taken too."""
    found = [expression(cursor)]
    while not cursor.accept("}"):
        cursor.expect(",")
        found.append(expression(cursor))
    return tuple(found)


def joined(cursor: Cursor) -> tuple[Operand, ...]:
    """Take operands that `++` joins."""
    found = [operand(cursor)]
    while cursor.accept("+"):
        cursor.expect("+")
        found.append(operand(cursor))
    return tuple(found)


def bit_string(cursor: Cursor) -> str:
    """Take what bits begin with: `"0101"`, or 0 or 1 for a single one."""
    token = cursor.take()
    text = token.text.strip("\"'").replace("_", "")
    if token.kind not in ("string", "integer") or set(text) - {"0", "1"} or not text:
        what = f'bits begin as a string such as "0101" or take `measure`, not {shown(token.text)}.'
        raise cursor.fault(what, at=token.at)
    return text


def modifiers(cursor: Cursor) -> tuple[Modifier, ...]:
    """Take the modifiers before a gate, such as `inv @ ctrl(2) @`; there may be none."""
    found: list[Modifier] = []
    while cursor.token.text in _MODIFIERS:
        token = cursor.take()
        argument = None
        if cursor.accept("("):
            argument = expression(cursor)
            cursor.expect(")")
        cursor.expect("@")
        found.append(Modifier(token.text, argument, token.at))
    return tuple(found)
