"""Parse arithmetic: numbers, names, operators and functions, with their usual precedence."""

import math
from typing import Final

from tasks.core.qasm.cursor import Cursor
from tasks.core.qasm.syntax import Expression, Name, Number, Operation
from tasks.core.qasm.tokens import Token, shown
from tasks.errors import BadInput

MAX_DIGITS: Final = 300

FUNCTIONS: Final = {
    "sin": 1, "cos": 1, "tan": 1, "arcsin": 1, "arccos": 1, "arctan": 1, "exp": 1, "log": 1,
    "sqrt": 1, "pow": 2, "mod": 2,
}  # fmt: skip
"""Functions and how many arguments they take."""

_SPELLINGS: Final = {"ln": "log", "asin": "arcsin", "acos": "arccos", "atan": "arctan"}
_CASTS: Final = frozenset({"float", "angle"})
_PRECEDENCE: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "**": 4, "^": 4}
_NO_NUMBERS: Final = frozenset(
    ["!", "~", "<", ">", "<=", ">=", "==", "!=", "&&", "||", "&", "|", "<<", ">>"]
)
_SIGN_PRECEDENCE: Final = 3  # -a**2 is -(a**2), -a*b is (-a)*b
_POWER_PRECEDENCE: Final = 4


def expression(cursor: Cursor, *, least: int = 1) -> Expression:
    """Take the longest expression whose operators bind at least as strongly as `least`.

    Raises:
        BadInput: something else stands there, or it nests too deep.
    """
    left = _operand(cursor)
    while True:
        token = cursor.token
        strength = _PRECEDENCE.get(token.text, 0) if token.kind == "symbol" else 0
        if strength < least:
            if token.text in _NO_NUMBERS:
                raise cursor.fault(_no_number(token.text))
            return left
        cursor.take()
        operator = _operator(token, cursor)
        # Powers group from the right, everything else from the left.
        inner = strength if strength == _POWER_PRECEDENCE else strength + 1
        right = _deeper(cursor, least=inner)
        left = Operation(operator, (left, right), token.at)


def _deeper(cursor: Cursor, *, least: int = 1) -> Expression:
    """Take an expression one level deeper."""
    cursor.source.enter(at=cursor.token.at)
    found = expression(cursor, least=least)
    cursor.source.leave()
    return found


def arguments(cursor: Cursor) -> tuple[Expression, ...]:
    """Take `a, b, ...` up to a closing parenthesis, which is taken too."""
    found: list[Expression] = []
    while not cursor.accept(")"):
        if found and not cursor.accept(","):
            what = f"a comma or ) is missing before {shown(cursor.token.text)}."
            raise cursor.fault(what)
        found.append(_deeper(cursor))
    return tuple(found)


def _operator(token: Token, cursor: Cursor) -> str:
    if token.text != "^":
        return token.text
    if cursor.version == 2:  # noqa: PLR2004 - OpenQASM 2
        return "**"
    what = "^ is no power in OpenQASM 3. Write **."
    raise cursor.fault(what, at=token.at)


def _operand(cursor: Cursor) -> Expression:
    token = cursor.take()
    match token.kind, token.text:
        case "integer", text:
            # More digits than a double can have, and Python would take its time over.
            return Number(int(text) if len(text) <= MAX_DIGITS else math.inf, token.at)
        case "real", text:
            return Number(float(text), token.at)
        case "symbol", "-":
            inner = _deeper(cursor, least=_SIGN_PRECEDENCE)
            return Operation("neg", (inner,), token.at)
        case "symbol", "+":
            return _deeper(cursor, least=_SIGN_PRECEDENCE)
        case "symbol", "(":
            inner = _deeper(cursor)
            cursor.expect(")")
            return inner
        case "name", _ if cursor.accept("("):
            return _call(token, cursor)
        case "name", text:
            return Name(text, token.at)
    raise _no_value(token, cursor)


def _call(token: Token, cursor: Cursor) -> Expression:
    given = arguments(cursor)
    name = _SPELLINGS.get(token.text, token.text)
    if name in _CASTS and len(given) == 1:
        return given[0]
    if name not in FUNCTIONS:
        known = ", ".join(FUNCTIONS)
        what = f"there is no function {shown(token.text)}. Use one of: {known}."
        raise cursor.fault(what, at=token.at)
    if len(given) != FUNCTIONS[name]:
        what = f"{name} takes {FUNCTIONS[name]} values, not {len(given)}. Correct it."
        raise cursor.fault(what, at=token.at)
    return Operation("**" if name == "pow" else "%" if name == "mod" else name, given, token.at)


def _no_number(symbol: str) -> str:
    return f"{symbol} compares or joins bits; an angle is a number. Use + - * / ** %."


def _no_value(token: Token, cursor: Cursor) -> BadInput:
    if token.text in _NO_NUMBERS:
        return cursor.fault(_no_number(token.text), at=token.at)
    found = shown(token.text) if token.text else "the end of the text"
    return cursor.fault(f"a number or a name must stand here, not {found}.", at=token.at)
