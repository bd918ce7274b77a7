"""Angles from expressions: affine ones as they are, others by parameters that are derived.

A circuit holds angles that are affine in its parameters. `sin(theta)` or `a*b` is not, so it gets
a parameter of its own, `derived_0`, `derived_1`, ..., computed from the free ones before the
circuit is run. Everything that runs circuits then meets affine angles only.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Angle
from tasks.errors import BadInput

Value = int | Angle

MAX_INTEGER: Final = 2**53
MAX_DERIVATIONS: Final = 10_000
RESERVED: Final = re.compile(r"derived_\d+\Z")

_FUNCTIONS: Final[dict[str, Callable[..., NDArray[np.float64]]]] = {
    "*": np.multiply,
    "/": np.divide,
    "%": np.mod,
    "**": np.power,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "arcsin": np.arcsin,
    "arccos": np.arccos,
    "arctan": np.arctan,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
}


@dataclass(frozen=True, slots=True)
class Derivation:
    """A parameter computed from others: an operation on angles that are affine in them."""

    name: str
    operation: str
    operands: tuple[Angle, ...]

    def evaluate(self, columns: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return its values where `columns` has those of the others; what is undefined is NaN."""
        with np.errstate(all="ignore"):
            return _FUNCTIONS[self.operation](*(column(angle, columns) for angle in self.operands))


def column(angle: Angle, columns: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the values of an angle, (n_points,), or a scalar when it has no parameters."""
    total = np.asarray(angle.constant, dtype=np.float64)
    for name, weight in angle.terms:
        total = total + weight * columns[name]
    return total


def angle_of(value: Value) -> Angle:
    """Return a value as an angle in radians."""
    return value if isinstance(value, Angle) else Angle(float(value))


class Arithmetic:
    """Computes with values, and keeps the derivations that were needed, equal ones once."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, tuple[Angle, ...]], str] = {}

    @property
    def derivations(self) -> tuple[Derivation, ...]:
        """What was derived, each after those that it needs."""
        return tuple(Derivation(name, *made) for made, name in self._names.items())

    def apply(self, operation: str, operands: tuple[Value, ...], *, exact: bool) -> Value:
        """Return the value of an operator or function.

        With `exact` the quotient of two whole numbers must be whole: OpenQASM 3 would round it.

        Raises:
            BadInput: the result is not a finite number, or too many are derived.
        """
        if all(isinstance(operand, int) for operand in operands):
            whole = _integer(operation, *operands, exact=exact)  # type: ignore[arg-type]
            if whole is not None:
                return whole
        angles = tuple(map(angle_of, operands))
        found = _affine(operation, angles)
        if found is None and not any(angle.terms for angle in angles):
            found = _constant(operation, angles)
        return _finite(self._derived(operation, angles) if found is None else found)

    def _derived(self, operation: str, angles: tuple[Angle, ...]) -> Angle:
        if operation == "*":
            angles = tuple(sorted(angles, key=lambda angle: (angle.terms, angle.constant)))
        if len(self._names) >= MAX_DERIVATIONS:
            message = (
                f"more than {MAX_DERIVATIONS} angles are no sums of parameters with constant "
                "factors. Give the circuit a parameter for each."
            )
            raise BadInput(message)
        name = self._names.setdefault((operation, angles), f"derived_{len(self._names)}")
        return Angle(0.0, ((name, 1.0),))


def _integer(operation: str, first: int, second: int = 0, *, exact: bool) -> int | None:
    """Compute with whole numbers, or return None when the result is not one."""
    found: int | None = None
    match operation:
        case "neg":
            found = -first
        case "+":
            found = first + second
        case "-":
            found = first - second
        case "*":
            found = first * second
        case "%" if second > 0:
            found = first % second
        case "**" if 0 <= second <= 64 and abs(first) <= MAX_INTEGER:  # noqa: PLR2004 - 2**53 is in
            found = first**second
        case "/" if second != 0 and first % second == 0:
            found = first // second
        case "/" if second != 0 and exact:
            message = (
                f"{first}/{second} of whole numbers is rounded in OpenQASM 3. "
                f"Write {first}.0/{second}."
            )
            raise BadInput(message)
    return found if found is None or abs(found) <= MAX_INTEGER else None


def _affine(operation: str, angles: tuple[Angle, ...]) -> Angle | None:
    """Return the result where it is affine in the parameters."""
    first, second = angles[0], angles[-1]
    match operation:
        case "neg":
            return -first
        case "+":
            return first + second
        case "-":
            return first + -second
        case "*" if not first.terms:
            return _scaled(second, first.constant)
        case "*" if not second.terms:
            return _scaled(first, second.constant)
        case "/" if not second.terms and second.constant:
            terms = tuple((name, weight / second.constant) for name, weight in first.terms)
            return Angle(first.constant / second.constant, terms)
    return None


def _scaled(angle: Angle, factor: float) -> Angle:
    return angle * factor if factor else Angle()


def _constant(operation: str, angles: tuple[Angle, ...]) -> Angle:
    values = [np.float64(angle.constant) for angle in angles]
    with np.errstate(all="ignore"):
        return Angle(float(_FUNCTIONS[operation](*values)))


def _finite(angle: Angle) -> Angle:
    if math.isfinite(angle.constant) and all(math.isfinite(weight) for _, weight in angle.terms):
        return Angle(angle.constant + 0.0, angle.terms)  # -0.0 is spelled another way than 0.0
    message = "the value is not a finite number. Correct the expression."
    raise BadInput(message)
