"""The matrix of every gate that Braket's simulators know, at many points at once.

The first qubit of a gate is the most significant bit of an index. Angles are radians.
"""

import cmath
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tasks.backends.engine.entries import (
    Entries,
    Entry,
    constants,
    controlled,
    power,
    stack,
    unstack,
)
from tasks.backends.engine.program import Step

_HALF = math.sqrt(0.5)
_X: Entries = [[0.0, 1.0], [1.0, 0.0]]
_V: Entries = [[0.5 + 0.5j, 0.5 - 0.5j], [0.5 - 0.5j, 0.5 + 0.5j]]
_SWAP: Entries = [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0, 0, 0, 1.0]]


def matrix(step: Step, angles: Sequence[Entry]) -> Entries:
    """Return the matrix of a gate, its power and controls included.

    Args:
        step: any gate; not a channel.
        angles: its angles, each a number or (n_points,).
    """
    if step.name == "unitary":
        found = constants(np.array(step.matrices[0]))
    elif step.name == "gphase":
        found = _diagonal(*([_phase(angles[0])] * 2 ** len(step.qubits)))
    else:
        found = _GATES[step.name](*angles)
    if step.power != 1:
        found = _raised(found, step.power)
    return controlled(found, step.controls) if step.controls else found


def _raised(found: Entries, exponent: float) -> Entries:
    if int(exponent) == exponent:
        return power(found, int(exponent))
    from scipy.linalg import fractional_matrix_power

    sizes = [entry.shape[0] for row in found for entry in row if isinstance(entry, np.ndarray)]
    bare = stack(found, max(sizes, default=1))
    # The branch of a root is the simulator's that this engine is held against: one by one.
    raised = np.full_like(bare, np.nan)
    for place in np.flatnonzero(np.isfinite(bare).all(axis=(1, 2))):
        raised[place] = fractional_matrix_power(bare[place], exponent)
    return unstack(raised) if sizes else constants(raised[0])


def _phase(angle: Entry) -> Entry:
    if isinstance(angle, np.ndarray):
        found = np.empty(angle.shape, dtype=np.complex128)
        np.cos(angle, out=found.real)
        np.sin(angle, out=found.imag)
        return found
    return cmath.exp(1j * angle)


def _waves(angle: Entry) -> tuple[Entry, Entry]:
    """Return the cosine and sine of half the angle."""
    half = angle * 0.5
    if isinstance(half, np.ndarray):
        return np.cos(half), np.sin(half)
    return math.cos(half), math.sin(half)


def _diagonal(*phases: Entry) -> Entries:
    size = len(phases)
    return [[phases[i] if i == j else 0.0 for j in range(size)] for i in range(size)]


def _rx(theta: Entry) -> Entries:
    cos, sin = _waves(theta)
    return [[cos, -1j * sin], [-1j * sin, cos]]


def _ry(theta: Entry) -> Entries:
    cos, sin = _waves(theta)
    return [[cos, -sin], [sin, cos]]


def _rz(theta: Entry) -> Entries:
    phase = _phase(theta * 0.5)
    return _diagonal(phase.conjugate(), phase)


def _u(theta: Entry, phi: Entry, lam: Entry) -> Entries:
    cos, sin = _waves(theta)
    first, last = _phase(lam), _phase(phi)
    return [[cos, -first * sin], [last * sin, first * last * cos]]


def _prx(theta: Entry, phi: Entry) -> Entries:
    cos, sin = _waves(theta)
    phase = _phase(phi)
    return [[cos, -1j * sin * phase.conjugate()], [-1j * sin * phase, cos]]


def _gpi(phi: Entry) -> Entries:
    phase = _phase(phi)
    return [[0.0, phase.conjugate()], [phase, 0.0]]


def _gpi2(phi: Entry) -> Entries:
    phase = _phase(phi) * (-1j * _HALF)
    return [[_HALF, -phase.conjugate()], [phase, _HALF]]


def _outer(corner: Entry, inner: Entry, diagonal: Entry) -> Entries:
    """Return a matrix with one diagonal value; `corner` and `inner` are the upper right ones."""
    return [
        [diagonal, 0.0, 0.0, corner],
        [0.0, diagonal, inner, 0.0],
        [0.0, inner, diagonal, 0.0],
        [corner, 0.0, 0.0, diagonal],
    ]


def _xx(theta: Entry) -> Entries:
    cos, sin = _waves(theta)
    return _outer(-1j * sin, -1j * sin, cos)


def _yy(theta: Entry) -> Entries:
    cos, sin = _waves(theta)
    return _outer(1j * sin, -1j * sin, cos)


def _zz(theta: Entry) -> Entries:
    phase = _phase(theta * 0.5)
    return _diagonal(phase.conjugate(), phase, phase, phase.conjugate())


def _xy(theta: Entry) -> Entries:
    cos, sin = _waves(theta)
    found = _outer(0.0, 1j * sin, cos)
    found[0][0] = found[3][3] = 1.0
    return found


def _ms(first: Entry, second: Entry, theta: Entry = math.pi / 2) -> Entries:
    cos, sin = _waves(theta)
    total, difference = _phase(first + second), _phase(first - second)
    flip = -1j * sin
    found = _outer(flip * total.conjugate(), flip * difference.conjugate(), cos)
    found[2][1], found[3][0] = flip * difference, flip * total
    return found


def _pswap(theta: Entry) -> Entries:
    found = _outer(0.0, _phase(theta), 0.0)
    found[0][0] = found[3][3] = 1.0
    return found


def _phase_on(place: int) -> Callable[[Entry], Entries]:
    def made(theta: Entry) -> Entries:
        phases: list[Entry] = [1.0] * 4
        phases[place] = _phase(theta)
        return _diagonal(*phases)

    return made


def _fixed(found: Entries) -> Callable[[], Entries]:
    return lambda: found


_GATES: Mapping[str, Callable[..., Any]] = {
    "i": _fixed(_diagonal(1.0, 1.0)),
    "h": _fixed([[_HALF, _HALF], [_HALF, -_HALF]]),
    "x": _fixed(_X),
    "y": _fixed([[0.0, -1j], [1j, 0.0]]),
    "z": _fixed(_diagonal(1.0, -1.0)),
    "s": _fixed(_diagonal(1.0, 1j)),
    "si": _fixed(_diagonal(1.0, -1j)),
    "t": _fixed(_diagonal(1.0, _phase(math.pi / 4))),
    "ti": _fixed(_diagonal(1.0, _phase(-math.pi / 4))),
    "v": _fixed(_V),
    "vi": _fixed(power(_V, -1)),
    "cnot": _fixed(controlled(_X, [1])),
    "cv": _fixed(controlled(_V, [1])),
    "cy": _fixed(controlled([[0.0, -1j], [1j, 0.0]], [1])),
    "cz": _fixed(_diagonal(1.0, 1.0, 1.0, -1.0)),
    "ecr": _fixed(
        [
            [0.0, 0.0, _HALF, 1j * _HALF],
            [0.0, 0.0, 1j * _HALF, _HALF],
            [_HALF, -1j * _HALF, 0.0, 0.0],
            [-1j * _HALF, _HALF, 0.0, 0.0],
        ]
    ),
    "swap": _fixed(_SWAP),
    "iswap": _fixed([[1.0, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1.0]]),
    "ccnot": _fixed(controlled(_X, [1, 1])),
    "cswap": _fixed(controlled(_SWAP, [1])),
    "phaseshift": lambda theta: _diagonal(1.0, _phase(theta)),
    "cphaseshift": _phase_on(3),
    "cphaseshift00": _phase_on(0),
    "cphaseshift01": _phase_on(1),
    "cphaseshift10": _phase_on(2),
    "rx": _rx,
    "ry": _ry,
    "rz": _rz,
    "U": _u,
    "prx": _prx,
    "gpi": _gpi,
    "gpi2": _gpi2,
    "xx": _xx,
    "yy": _yy,
    "zz": _zz,
    "xy": _xy,
    "ms": _ms,
    "pswap": _pswap,
}

NAMES = frozenset({*_GATES, "unitary", "gphase"})
