"""Read any OpenQASM program that Braket accepts, once, with its parameters left free.

Braket's own interpreter reads it, so that gates, loops, subroutines and modifiers mean here what
they mean there; a context of ours takes down the steps instead of building operations.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tasks.backends.engine.program import Program, Step, Uncovered, frozen

_INCLUDE = re.compile(r"^\s*include\b", re.MULTILINE)
_VERBATIM = re.compile(r"^[ \t]*#pragma braket verbatim[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A program on places 0..n-1, and what it says beside.

    `qubits` are the program's own numbers of the places. `measured` is as the program says, empty
    when it measures nothing; `program.measured` is then every place. `results` are Braket's result
    types, with places as targets: take a copy before you change one.
    """

    program: Program
    qubits: tuple[int, ...]
    measured: tuple[int, ...]
    results: tuple[Any, ...]
    rotations: tuple[Step, ...]


def read(source: str, bound: Mapping[str, Any] | None = None) -> Reading:
    """Read a program; inputs that are not `bound` stay free parameters.

    Raises:
        Uncovered: the engine cannot run it, with the reason.
    """
    return _read(source, tuple(sorted((bound or {}).items())))


@lru_cache(maxsize=256)
def _read(source: str, bound: tuple[tuple[str, Any], ...]) -> Reading:
    from braket.default_simulator.openqasm.interpreter import Interpreter

    from tasks.backends.engine.notes import Notes

    if _INCLUDE.search(source):
        reason = "it includes a file"
        raise Uncovered(reason)
    context = Notes()
    try:
        Interpreter(context).run(_VERBATIM.sub("", source), dict(bound))
        circuit = context.circuit
        circuit.validate_single_measured_register()
        rotations = circuit.basis_rotation_instructions
    except Uncovered:
        raise
    except Exception as error:  # whatever it is, Braket's simulator says it in its own words
        reason = f"Braket's interpreter stops: {error}"
        raise Uncovered(reason) from error
    return _reading(context.steps, circuit, rotations)


def _reading(steps: Sequence[Step], circuit: Any, rotations: Iterable[Any]) -> Reading:
    measured = tuple(circuit.measured_qubits)
    touched = {q for step in steps for q in step.qubits} | set(circuit.qubit_set)
    qubits = tuple(sorted(touched))
    if not qubits:
        reason = "it has no qubits"
        raise Uncovered(reason)
    places = {int(qubit): place for place, qubit in enumerate(qubits)}
    for result in circuit.results:
        if getattr(result, "targets", None):
            result.targets = [places[q] for q in result.targets]
    turns = tuple(_turn(operation, places) for operation in rotations)
    return Reading(
        program=Program(
            n_qubits=len(qubits),
            steps=tuple(_moved(step, places) for step in steps),
            measured=tuple(places[q] for q in measured) or tuple(range(len(qubits))),
        ),
        qubits=tuple(places),
        measured=tuple(int(q) for q in measured),
        results=tuple(circuit.results),
        rotations=turns,
    )


def _moved(step: Step, places: Mapping[int, int]) -> Step:
    qubits = tuple(places[q] for q in step.qubits)
    return Step(step.name, qubits, step.angles, step.controls, step.power, step.matrices)


def _turn(operation: Any, places: Mapping[int, int]) -> Step:
    """Return one of the gates that turn an observable's basis into the measured one."""
    qubits = tuple(places[q] for q in operation.targets)
    return Step("unitary", qubits, matrices=(frozen(operation.matrix),))
