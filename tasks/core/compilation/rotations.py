"""Runs of rotations on one qubit, written with as few physical rotations as there can be."""

import cmath
import math
from collections.abc import Iterable
from typing import Literal

from datasets.records.circuits import Angle, Gate
from tasks.core.circuits.angles import is_half_turn, is_multiple, is_zero, wrapped

Axis = Literal["rz", "rx"]
Rotation = tuple[Axis, Angle]
Spinor = tuple[complex, complex]
"""First column (a, b) of a matrix [[a, -b*], [b, a*]] in SU(2)."""

HALF_TURN = Angle(math.pi)
QUARTER_TURN = Angle(math.pi / 2)


def rotation_of(gate: Gate) -> Rotation:
    """Return a lowered one-qubit gate as a rotation."""
    return ("rx" if gate.name == "rx" else "rz", gate.angles[0])


def shortest(run: Iterable[Rotation], *, continuous: bool, measured: bool) -> tuple[Rotation, ...]:
    """Return rotations equal to `run` up to a global phase; rz is free, rx is counted.

    `continuous` allows rx of any angle, otherwise only multiples of pi/2. `measured` says that a
    Z measurement follows, which sees no final rz.
    """
    done: list[Rotation] = []
    for axis, angle in run:
        _push(done, axis, angle, continuous=continuous)
    while measured and done and done[-1][0] == "rz":
        done.pop()
    return tuple(done)


def _push(done: list[Rotation], axis: Axis, angle: Angle, *, continuous: bool) -> None:
    angle = wrapped(angle)  # before it is added: a large one has no digits left for a small one
    if done and done[-1][0] == axis:
        angle = wrapped(done.pop()[1] + angle)
    if is_zero(angle):
        return
    if axis == "rx" and (joined := _over_half_turn(done, angle)):
        del done[-2:]
        for rotation in joined:
            _push(done, *rotation, continuous=continuous)
        return
    done.append((axis, angle))
    if axis == "rx" and not angle.terms:
        _fuse_fixed(done, continuous=continuous)


def _over_half_turn(done: list[Rotation], angle: Angle) -> tuple[Rotation, ...]:
    """Return rx(b) rz(c) rx(`angle`) with a single rx, where one of the three is a half turn."""
    if len(done) < 2 or done[-2][0] != "rx":  # noqa: PLR2004  # rx(b) and rz(c)
        return ()
    before, between = done[-2][1], done[-1][1]
    if is_half_turn(between):
        return (("rx", before + -angle), ("rz", between))
    if is_half_turn(angle):
        return (("rx", before + angle), ("rz", -between))
    if is_half_turn(before):
        return (("rz", -between), ("rx", before + angle))
    return ()


def _fuse_fixed(done: list[Rotation], *, continuous: bool) -> None:
    """Rewrite the fixed rotations at the end where that saves an rx."""
    start = len(done)
    while start and not done[start - 1][1].terms:
        start -= 1
    tail = done[start:]
    used = sum(1 for axis, _ in tail if axis == "rx")
    if used < 2:  # noqa: PLR2004  # a single rx cannot be saved here
        return
    better = _euler(_product(tail), continuous=continuous)
    if sum(1 for axis, _ in better if axis == "rx") >= used:
        return
    del done[start:]
    for axis, angle in better:
        _push(done, axis, angle, continuous=continuous)


def _product(run: Iterable[Rotation]) -> Spinor:
    a, b = complex(1.0), complex(0.0)
    for axis, angle in run:
        half = angle.constant / 2
        if axis == "rz":
            va, vb = cmath.exp(-1j * half), complex(0.0)
        else:
            va, vb = complex(math.cos(half)), -1j * math.sin(half)
        a, b = va * a - vb.conjugate() * b, vb * a + va.conjugate() * b
    return a, b


def _euler(spinor: Spinor, *, continuous: bool) -> tuple[Rotation, ...]:
    """Return rz, rx, rz for a matrix; an rx that is not allowed becomes two quarter turns."""
    a, b = spinor
    tilt = wrapped(Angle(2 * math.atan2(abs(b), abs(a))))
    total = -2 * cmath.phase(a) if abs(a) > abs(b) or not is_half_turn(tilt) else 0.0
    difference = 2 * cmath.phase(b) + math.pi if not is_zero(tilt) else 0.0
    first, last = Angle((total - difference) / 2), Angle((total + difference) / 2)
    if is_zero(tilt):
        return (("rz", Angle(total)),)
    if continuous or is_multiple(tilt, of=math.pi / 2):
        return (("rz", first), ("rx", tilt), ("rz", last))
    # rx(t) = rz(pi/2) rx(pi/2) rz(t + pi) rx(pi/2) rz(pi/2), up to a global phase
    return (
        ("rz", first + QUARTER_TURN),
        ("rx", QUARTER_TURN),
        ("rz", tilt + HALF_TURN),
        ("rx", QUARTER_TURN),
        ("rz", last + QUARTER_TURN),
    )
