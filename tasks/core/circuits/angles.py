"""Angles in their one canonical form, so that equal rotations are equal values."""

import math

from datasets.records.circuits import Angle

TOLERANCE_RAD = 1e-9
"""Angles closer than this are the same: ten thousand times finer than any control electronics."""

_DIGITS = 12
_SMALL = 4 * math.pi
_EIGHTH_TURN = math.pi / 4
_ZERO = Angle()


def wrapped(angle: Angle) -> Angle:
    """Return the angle with its constant in (-pi, pi], which changes a rotation's sign at most.

    Constants near a multiple of pi/4 become it exactly; all figures are rounded to 12 decimals,
    so that the last bit of a floating-point sum does not change a program's identity.
    """
    if not angle.terms:
        return Angle(_wrapped_constant(angle.constant))
    terms = tuple((name, round(weight, _DIGITS)) for name, weight in angle.terms)
    return Angle(_wrapped_constant(angle.constant), tuple(t for t in terms if t[1] != 0.0))


def turned_by(constant: float, *, turns: int = 1) -> float:
    """Return a constant less the multiple of `turns` whole turns that is nearest to it.

    Of a large one the remainder by the double nearest to 2 pi is another angle, since the error of
    that double counts as often as the turns; sine and cosine are exact for every size.
    """
    if abs(constant) <= _SMALL:
        return math.remainder(constant, turns * math.tau)
    part = constant / turns
    return turns * math.atan2(math.sin(part), math.cos(part))


def is_zero(angle: Angle) -> bool:
    """Tell whether a wrapped angle is zero for every value of the parameters."""
    return angle == _ZERO


def is_half_turn(angle: Angle) -> bool:
    """Tell whether a wrapped angle is pi for every value of the parameters."""
    return not angle.terms and angle.constant == math.pi


def is_multiple(angle: Angle, *, of: float) -> bool:
    """Tell whether the angle is a fixed multiple of `of`, within `TOLERANCE_RAD`."""
    return not angle.terms and abs(math.remainder(angle.constant, of)) < TOLERANCE_RAD


def _wrapped_constant(constant: float) -> float:
    turned = turned_by(constant)
    if turned + math.pi < TOLERANCE_RAD:
        return math.pi
    nearest = round(turned / _EIGHTH_TURN) * _EIGHTH_TURN
    if abs(turned - nearest) < TOLERANCE_RAD:
        return nearest
    return round(turned, _DIGITS)
