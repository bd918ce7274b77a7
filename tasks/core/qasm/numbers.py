"""Numbers as people write them: 0.5, 1e-3, pi/2, 2pi, and angles in degrees: 90deg."""

import math
import re
from typing import Final

from tasks.core.qasm.arithmetic import Arithmetic
from tasks.core.qasm.cursor import Cursor
from tasks.core.qasm.effort import TOO_DEEP, TOO_LONG, Effort
from tasks.core.qasm.expressions import expression
from tasks.core.qasm.scope import Free, Scope
from tasks.core.qasm.tokens import Source, shown
from tasks.errors import BadInput

_DECIMAL: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)
_UNIT: Final = re.compile(r"(.*[\d.)a-zπτ])\s*(deg|°|rad)\Z", re.DOTALL)
_IMPLIED_PRODUCT: Final = re.compile(r"(?<=[\d.])(?=(?:pi|tau|π|τ)\b)")
_NUMBER_STEPS: Final = 60


def has_unit(text: str) -> bool:
    """Whether a number is written with a unit."""
    return _UNIT.match(text) is not None


def number(text: str, *, effort: Effort | None = None) -> float:
    """Return the number that `text` stands for, in radians: 0.5, 1e-3, pi/2, 2pi, 90deg.

    Raises:
        BadInput: it stands for none, or for one that is not finite.
    """
    found = _UNIT.match(text)
    plain = found[1] if found else text.strip()
    try:
        value = _worth(plain, effort or Effort())
    except BadInput as error:
        if str(error).endswith((TOO_LONG, TOO_DEEP)):
            message = f"The number {shown(text)} is too much work. Use a file of points."
            raise BadInput(message) from error
        message = (
            f"{shown(text)} is not a finite number. Write one, as in 0.5, 1e-3, pi/2 or 2pi, in "
            "radians, or 90deg."
        )
        raise BadInput(message) from error
    return math.radians(value) if found and found[2] != "rad" else value


def _worth(text: str, effort: Effort) -> float:
    if _DECIMAL.match(text) and math.isfinite(value := float(text)):
        return value + 0.0
    effort.spend(_NUMBER_STEPS)
    return _calculated(_IMPLIED_PRODUCT.sub("*", text), effort) + 0.0


def _calculated(text: str, effort: Effort) -> float:
    source = Source(text, "", effort)
    cursor = Cursor(source, version=2)
    parsed = expression(cursor)
    if cursor.token.kind != "end":
        what = "the number goes on."
        raise cursor.fault(what)
    return Scope(source, 2, Arithmetic(), Free(open=False), {}, {}).angle(parsed).constant
