"""Parse and evaluate conditions on measured bits."""

import operator
from collections.abc import Callable, Mapping
from typing import Final

from tasks.core.qasm.cursor import Cursor
from tasks.core.qasm.operands import operand
from tasks.core.qasm.syntax import Compound, Condition, Number, Operand
from tasks.core.qasm.tokens import shown

MAX_DIGITS: Final = 50
_JOIN_STEPS: Final = 256  # it is worked out for each value of at most eight bits
_LEVELS: Final = (
    ("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", "<=", ">", ">="),
)  # fmt: skip
_WORDS: Final = {"true": 1, "false": 0}
_JOIN: Final[Mapping[str, Callable[[int, int], int]]] = {
    "||": lambda one, other: int(bool(one) or bool(other)),
    "&&": lambda one, other: int(bool(one) and bool(other)),
    "|": operator.or_,
    "^": operator.xor,
    "&": operator.and_,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def condition(cursor: Cursor, *, level: int = 0) -> Condition:
    """Take a condition: bits, registers as whole numbers, comparisons, and what joins them.

    Raises:
        BadInput: something else stands there, or it nests too deep.
    """
    if level == len(_LEVELS):
        return _leaf(cursor)
    found = condition(cursor, level=level + 1)
    while cursor.token.kind == "symbol" and cursor.token.text in _LEVELS[level]:
        token = cursor.take()
        cursor.source.spend(_JOIN_STEPS, at=token.at)
        other = condition(cursor, level=level + 1)
        found = Compound(token.text, (found, other), token.at)
    return found


def evaluate(found: Condition, value: Callable[[Operand], int]) -> int:
    """Return the value of a condition, 0 where it does not hold; `value` gives that of its bits."""
    values: list[int] = []
    for each in reversed(parts_of(found)):  # parts before what they are parts of
        match each:
            case Number(value=number):
                values.append(int(number))
            case Operand():
                values.append(value(each))
            case Compound(name="!"):
                values.append(int(not values.pop()))
            case Compound(name=name):
                other, one = values.pop(), values.pop()
                values.append(int(_JOIN[name](one, other)))
    return values.pop()


def operands_of(found: Condition) -> tuple[Operand, ...]:
    """Return the operands of a condition, repeated ones included."""
    return tuple(each for each in reversed(parts_of(found)) if isinstance(each, Operand))


def parts_of(found: Condition) -> list[Condition]:
    """Return a condition and all its parts: parents before children, the last child first."""
    left, met = [found], list[Condition]()
    while left:
        each = left.pop()
        met.append(each)
        if isinstance(each, Compound):
            left.extend(each.parts)
    return met


def _deeper(cursor: Cursor, *, level: int = 0) -> Condition:
    """Take a condition one level deeper."""
    cursor.source.enter(at=cursor.token.at)
    found = condition(cursor, level=level)
    cursor.source.leave()
    return found


def _leaf(cursor: Cursor) -> Condition:
    token = cursor.token
    if token.kind == "symbol" and token.text in ("!", "~"):
        cursor.take()
        return Compound("!", (_deeper(cursor, level=len(_LEVELS)),), token.at)
    if cursor.accept("("):
        inner = _deeper(cursor)
        cursor.expect(")")
        return inner
    if token.kind == "integer":
        return Number(int(cursor.take().text[:MAX_DIGITS]), token.at)
    if token.kind == "name":
        if token.text in _WORDS:
            return Number(_WORDS[cursor.take().text], token.at)
        return operand(cursor)
    found = shown(token.text) if token.text else "the end of the text"
    what = f"a bit or a whole number must stand here, not {found}."
    raise cursor.fault(what)
