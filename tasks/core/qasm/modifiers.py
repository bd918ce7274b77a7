"""Gates inverted, controlled and repeated, step by step."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from datasets.records.circuits import BARRIER, Angle
from tasks.core.qasm.library import PHASE
from tasks.errors import BadInput

Qubit = int | str


@dataclass(frozen=True, slots=True)
class Step:
    """A gate with its qubits and angles; the name is Braket's, or one of our own definitions."""

    name: str
    qubits: tuple[Qubit, ...]
    angles: tuple[Angle, ...] = ()


_SELF_INVERSE: Final = frozenset(
    "i h x y z cnot cy cz swap ecr ccnot cswap gpi barrier".split()  # noqa: SIM905 # easier to read
)
_PAIRS: Final = {"s": "si", "si": "s", "t": "ti", "ti": "t", "v": "vi", "vi": "v"}
_TURNED_BACK: Final = {
    "rx": 0, "ry": 0, "rz": 0, "phaseshift": 0, PHASE: 0, "xx": 0, "yy": 0, "zz": 0, "xy": 0,
    "pswap": 0, "cphaseshift": 0, "cphaseshift00": 0, "cphaseshift01": 0, "cphaseshift10": 0,
    "prx": 0, "ms": 2,
}  # fmt: skip
"""Gates whose inverse has one angle negated -> which."""

_CONTROLLED: Final = {
    "x": "cnot", "y": "cy", "z": "cz", "v": "cv", "vi": "ccvi", "h": "ch", "swap": "cswap",
    "cnot": "ccnot", "cy": "ccy", "cz": "ccz", "cv": "ccv", "ccnot": "c3x", "cswap": "ccswap",
    "phaseshift": "cphaseshift", "cphaseshift": "ccp", PHASE: "phaseshift", "rx": "crx",
    "ry": "cry", "rz": "crz", "U": "cu3", "zz": "czz", "xx": "cxx",
}  # fmt: skip
_CONTROLLED_PHASES: Final = {
    "s": math.pi / 2, "si": -math.pi / 2, "t": math.pi / 4, "ti": -math.pi / 4,
}  # fmt: skip


def inverse(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps that undo `steps`."""
    return tuple(part for step in reversed(steps) for part in _inverse(step))


def controlled(steps: Sequence[Step], *, by: Qubit) -> tuple[Step, ...]:
    """Return the steps as they act where the qubit `by` is 1; steps may be our own definitions.

    Raises:
        BadInput: a gate for which no controlled form is known here.
    """
    return tuple(part for step in steps for part in _controlled(step, by))


def _inverse(step: Step) -> tuple[Step, ...]:
    name, angles = step.name, step.angles
    if name in _SELF_INVERSE:
        return (step,)
    if name in _PAIRS:
        return (Step(_PAIRS[name], step.qubits),)
    if name in _TURNED_BACK:
        place = _TURNED_BACK[name]
        turned = (*angles[:place], -angles[place], *angles[place + 1 :])
        return (Step(name, step.qubits, turned),)
    match name:
        case "U":
            tilt, last, first = angles
            return (Step("U", step.qubits, (-tilt, -first, -last)),)
        case "gpi2":
            return (Step("gpi2", step.qubits, (angles[0] + Angle(math.pi),)),)
        case "iswap":
            return (Step("xy", step.qubits, (Angle(-math.pi),)),)
        case "cv":
            return (step, Step("cnot", step.qubits))
    raise _unknown(step, "inverse")


def _controlled(step: Step, by: Qubit) -> tuple[Step, ...]:
    if step.name in ("i", BARRIER):
        return (step,)
    qubits = (by, *step.qubits)
    if step.name in _CONTROLLED_PHASES:
        return (Step("cphaseshift", qubits, (Angle(_CONTROLLED_PHASES[step.name]),)),)
    if step.name in _CONTROLLED:
        return (Step(_CONTROLLED[step.name], qubits, step.angles),)
    raise _unknown(step, "controlled form")


def _unknown(step: Step, form: str) -> BadInput:
    return BadInput(f"no {form} of {step.name} is known here. Write it out in other gates.")
