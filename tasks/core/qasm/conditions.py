"""Conditions on bits that were measured: parsed, and worked out for values of the bits."""

import operator
from collections.abc import Callable, Mapping
from typing import Final

from tasks.core.qasm.cursor import Cursor
from tasks.core.qasm.operands import operand
from tasks.core.qasm.syntax import Compound, Condition, Number, Operand
from tasks.core.qasm.tokens import shown

MAX_DEPTH: Final = 50
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


def condition(cursor: Cursor, *, level: int = 0, depth: int = 0) -> Condition:
    """Take a condition: bits, registers as whole numbers, comparisons, and what joins them.

    Raises:
        BadInput: something else stands there, or parentheses nest too deep.
    """
    if depth > MAX_DEPTH:
        what = f"the condition nests deeper than {MAX_DEPTH} levels. Simplify it."
        raise cursor.fault(what)
    if level == len(_LEVELS):
        return _leaf(cursor, depth=depth)
    found = condition(cursor, level=level + 1, depth=depth)
    while cursor.token.kind == "symbol" and cursor.token.text in _LEVELS[level]:
        token = cursor.take()
        other = condition(cursor, level=level + 1, depth=depth)
        found = Compound(token.text, (found, other), token.at)
    return found


def worth(found: Condition, value: Callable[[Operand], int]) -> int:
    """Return what a condition is worth, 0 where it does not hold; `value` tells of the bits."""
    match found:
        case Number(value=number):
            return int(number)
        case Operand():
            return value(found)
        case Compound(name="!", parts=(part,)):
            return int(not worth(part, value))
        case Compound(name=name, parts=(one, other)):
            return int(_JOIN[name](worth(one, value), worth(other, value)))
    raise AssertionError(found)


def named(found: Condition) -> tuple[Operand, ...]:
    """Return what a condition names, as often as it stands there."""
    if isinstance(found, Compound):
        return tuple(each for part in found.parts for each in named(part))
    return (found,) if isinstance(found, Operand) else ()


def _leaf(cursor: Cursor, *, depth: int) -> Condition:
    token = cursor.token
    if token.kind == "symbol" and token.text in ("!", "~"):
        cursor.take()
        return Compound("!", (condition(cursor, level=len(_LEVELS), depth=depth + 1),), token.at)
    if cursor.accept("("):
        inner = condition(cursor, depth=depth + 1)
        cursor.expect(")")
        return inner
    if token.kind == "integer":
        return Number(int(cursor.take().text[:MAX_DEPTH]), token.at)
    if token.kind == "name":
        if token.text in _WORDS:
            return Number(_WORDS[cursor.take().text], token.at)
        return operand(cursor)
    found = shown(token.text) if token.text else "the end of the text"
    what = f"a bit or a whole number must stand here, not {found}."
    raise cursor.fault(what)
