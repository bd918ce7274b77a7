"""Fractional powers of gates, the principal ones, as in `pow(1/2) @ x`.

Every eigenvalue exp(i a) with a in (-pi, pi] becomes exp(i a p).
"""

import cmath
import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Angle
from tasks.core.circuits.angles import turned_by
from tasks.core.qasm.library import PHASE
from tasks.core.qasm.modifiers import Qubit, Step
from tasks.errors import BadInput

Matrix = NDArray[np.complex128]

_TOLERANCE: Final = 1e-12
_DOUBLE: Final = frozenset({"rx", "ry", "rz", "xx", "yy", "zz", "xy", "prx"})  # of period 4 pi
_SINGLE: Final = frozenset(  # of period 2 pi
    {"phaseshift", PHASE, "cphaseshift", "cphaseshift00", "cphaseshift01", "cphaseshift10"}
)
_PHASES: Final = {
    "cz": ("", "cphaseshift", 1.0), "cnot": ("h", "cphaseshift", 1.0),
    "cv": ("h", "cphaseshift", 0.5), "ccnot": ("h", "ccp", 1.0),
}  # fmt: skip
"""Controlled phases between two gates on the target -> those gates, the phase, half turns of it."""
_SPELLED: Final = {"z": 1.0, "s": 0.5, "si": -0.5, "t": 0.25, "ti": -0.25}

_ONE: Final[Matrix] = np.eye(2, dtype=np.complex128)
_QUARTER: Final = math.pi / 2
_Angles = tuple[float, float, float, float]  # of U, and a global phase
_FIXED: Final[dict[str, _Angles]] = {
    "i": (0, 0, 0, 0), "h": (_QUARTER, 0, math.pi, 0), "x": (math.pi, 0, math.pi, 0),
    "y": (math.pi, _QUARTER, _QUARTER, 0), "v": (_QUARTER, -_QUARTER, _QUARTER, math.pi / 4),
    "vi": (-_QUARTER, -_QUARTER, _QUARTER, -math.pi / 4),
} | {name: (0, 0, turns * math.pi, 0) for name, turns in _SPELLED.items()}  # fmt: skip
_TURNED: Final[dict[str, Callable[..., _Angles]]] = {
    PHASE: lambda a: (0, 0, 0, a),
    "phaseshift": lambda a: (0, 0, a, 0),
    "rx": lambda a: (a, -_QUARTER, _QUARTER, 0),
    "ry": lambda a: (a, 0, 0, 0),
    "rz": lambda a: (0, 0, a, -a / 2),
    "U": lambda a, b, c: (a, b, c, 0),
    "gpi": lambda a: (math.pi, a, math.pi - a, 0),
    "gpi2": lambda a: (_QUARTER, a - _QUARTER, _QUARTER - a, 0),
    "prx": lambda a, b: (a, b - _QUARTER, _QUARTER - b, 0),
}


def power(steps: Sequence[Step], exponent: float) -> tuple[Step, ...]:
    """Return the steps of a gate's power; some are definitions of the library.

    Raises:
        BadInput: no power is known of several gates on several qubits.
    """
    acting = [step for step in steps if step.name not in {PHASE, "i"}]
    if len(acting) == 1 and (found := _of_one(acting[0], exponent)):
        return (*found, *_phases(steps, exponent))
    qubits = {qubit for step in acting for qubit in step.qubits}
    fixed = not any(angle.terms for step in steps for angle in step.angles)
    if len(qubits) <= 1 and fixed:
        matrix: Matrix = np.eye(2, dtype=complex)
        for step in steps:
            matrix = _matrix(step) @ matrix
        return _spelled(_raised(matrix, exponent), next(iter(qubits), None))
    message = (
        f"no power {exponent:g} is known here of several gates on several qubits, or with "
        "parameters. Write it out in other gates."
    )
    raise BadInput(message)


def _of_one(step: Step, exponent: float) -> tuple[Step, ...]:
    """Return the power of a gate that has a simple one, or nothing."""
    name, qubits = step.name, step.qubits
    if name in _SPELLED:
        return (Step("phaseshift", qubits, (Angle(_SPELLED[name] * exponent * math.pi),)),)
    if name in _DOUBLE or name in _SINGLE:
        first, *others = step.angles
        turns = 2 if name in _DOUBLE else 1
        if not first.terms:
            first = Angle(turned_by(first.constant, turns=turns))
        return (Step(name, qubits, (first * exponent, *others)),)
    if name in _PHASES:
        around, phase, half_turns = _PHASES[name]
        inner = Step(phase, qubits, (Angle(half_turns * exponent * math.pi),))
        outer = (Step(around, qubits[-1:]),) if around else ()
        return (*outer, inner, *outer)
    half = Angle(exponent * math.pi / 2)
    if name == "swap":
        parts = tuple(Step(each, qubits, (half,)) for each in ("xx", "yy", "zz"))
        return (*parts, Step(PHASE, (), (half * 0.5,)))
    return (Step("xy", qubits, (half * 2,)),) if name == "iswap" else ()


def _phases(steps: Sequence[Step], exponent: float) -> tuple[Step, ...]:
    """Return the power of the global phases, which the gate beside them commutes with."""
    found = [step.angles[0] * exponent for step in steps if step.name == PHASE]
    return tuple(Step(PHASE, (), (angle,)) for angle in found)


def _matrix(step: Step) -> Matrix:
    """Return the matrix of a gate on one qubit, or of a global phase.

    Raises:
        BadInput: it is none of these.
    """
    values = [angle.constant for angle in step.angles]
    if step.name in _FIXED:
        *angles, phase = _FIXED[step.name]
    elif step.name in _TURNED:
        *angles, phase = _TURNED[step.name](*values)
    else:
        message = f"no power of {step.name} is known here. Write it out in other gates."
        raise BadInput(message)
    found: Matrix = cmath.exp(1j * phase) * _u(*angles)
    return found


def _u(tilt: float, after: float, before: float) -> Matrix:
    """Return the matrix of OpenQASM 3's U(theta, phi, lambda), angles in radians."""
    near, far = math.cos(tilt / 2), math.sin(tilt / 2)
    found: Matrix = np.array(
        [
            [near, -cmath.exp(1j * before) * far],
            [cmath.exp(1j * after) * far, cmath.exp(1j * (after + before)) * near],
        ]
    )
    return found


def _raised(matrix: Matrix, exponent: float) -> Matrix:
    """Return the principal power of a unitary matrix."""
    middle = cmath.phase(complex(np.linalg.det(matrix))) / 2
    turn = cmath.exp(-1j * middle) * matrix  # cos(w) + i sin(w) n.sigma
    cosine = min(1.0, max(-1.0, float(np.trace(turn).real) / 2))
    half = math.acos(cosine)
    if half < _TOLERANCE or math.pi - half < _TOLERANCE:
        scalar = complex(np.trace(matrix)) / 2
        alone: Matrix = cmath.exp(1j * _principal(cmath.phase(scalar)) * exponent) * _ONE
        return alone
    axis = (turn - cosine * np.eye(2)) / (1j * math.sin(half))
    parts: list[Matrix] = [
        cmath.exp(1j * _principal(turned_by(middle + sign * half)) * exponent)
        * (_ONE + sign * axis)
        / 2
        for sign in (1, -1)
    ]
    found: Matrix = parts[0] + parts[1]
    return found


def _principal(phase: float) -> float:
    """Return a phase in (-pi, pi]: -pi, as rounding may leave it, becomes pi."""
    return math.pi if phase + math.pi < _TOLERANCE else phase


def _spelled(matrix: Matrix, qubit: Qubit | None) -> tuple[Step, ...]:
    """Return a matrix as `U` and a global phase."""
    (corner, _), (low, last) = matrix
    tilt = 2 * math.atan2(abs(low), abs(corner))
    if abs(corner) > _TOLERANCE:
        phase = cmath.phase(corner)
        after = cmath.phase(low) - phase if abs(low) > _TOLERANCE else 0.0
        before = cmath.phase(last) - phase - after
    else:
        phase, after = 0.0, cmath.phase(low)
        before = cmath.phase(-matrix[0, 1])
    turned = (
        (Step("U", (qubit,), (Angle(tilt), Angle(after), Angle(before))),)
        if qubit is not None
        else ()
    )
    return (*turned, Step(PHASE, (), (Angle(phase),)))
