"""Calls of gates, spelled out in Braket's gates and the global phase."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from datasets.records.circuits import BARRIER, Angle
from tasks.core.circuits.angles import turned_by
from tasks.core.qasm.arithmetic import MAX_INTEGER, Arithmetic
from tasks.core.qasm.library import ALIASES, DEFINED, PRIMITIVES, definitions, known
from tasks.core.qasm.modifiers import Qubit, Step, controlled, inverse
from tasks.core.qasm.powers import power
from tasks.core.qasm.scope import Free, Scope
from tasks.core.qasm.syntax import (
    Barrier,
    GateCall,
    GateDefinition,
    Loop,
    Modifier,
    Operand,
    Statement,
)
from tasks.core.qasm.tokens import Source, nearest, shown
from tasks.errors import BadInput

MAX_STEPS: Final = 250_000  # some seconds of reading
MAX_CONTROLS: Final = 8
_LARGE_RAD: Final = 10_000.0  # a sum of more loses digits that count
_STANDARD_STEPS: Final = 8


class Spelling:
    """Knows the gates of one text, and counts what they become."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._libraries: frozenset[str] = frozenset()
        self._defined: dict[str, GateDefinition] = {}
        self._count = 0

    def include(self, library: str) -> None:
        """Know the gates of a standard library too."""
        self._libraries |= {library}

    def define(self, definition: GateDefinition, scope: Scope) -> None:
        """Know a gate of the text's own, after trying it on its own parameters.

        Raises:
            BadInput: it was defined before, or its body cannot be spelled.
        """
        name = definition.name
        if name in self._defined:
            raise self._source.fault(definition.at, f"gate {name} is defined twice. Remove one.")
        formal = {*definition.parameters, *definition.qubits}
        if len(formal) < len(definition.parameters) + len(definition.qubits):
            what = f"gate {name} gives two of its arguments one name. Rename one."
            raise self._source.fault(definition.at, what)
        angles = tuple(Angle(0.0, ((each, 1.0),)) for each in definition.parameters)
        self._own(definition, definition.qubits, angles, scope.trial())
        self._defined[name] = definition

    def steps(self, call: GateCall, qubits: Sequence[Qubit], scope: Scope) -> tuple[Step, ...]:
        """Return what a call does to `qubits`, one for each of its operands; controls come first.

        Raises:
            BadInput: no such gate, the wrong number of angles or qubits, or too many steps.
        """
        controls = [self._controls(modifier, scope) for modifier in call.modifiers]
        angles = tuple(_reduced(scope.angle(angle)) for angle in call.angles)
        free = sum(controls)
        found = self._spelled(call, tuple(qubits[free:]), angles, scope)
        if len(set(qubits)) < len(qubits):
            what = f"{call.name} is given one qubit twice. Give it different qubits."
            raise self._source.fault(call.at, what)
        try:
            for modifier, count in zip(reversed(call.modifiers), reversed(controls), strict=True):
                by = qubits[free - count : free]
                free -= count
                found = self._modified(found, modifier, by, scope)
                self._source.spend(len(found), at=call.at)
        except BadInput as error:
            raise _placed(self._source, call.at, error) from error
        self._spend(max(len(found), 1), at=call.at)  # also a gate that does nothing is work
        terms = sum(len(angle.terms) for step in found for angle in step.angles)
        self._source.spend(len(found) + terms, at=call.at)
        return found

    def where(
        self, steps: Sequence[Step], holders: Sequence[tuple[Qubit, int]], *, at: int
    ) -> tuple[Step, ...]:
        """Return the steps as they act where each of these qubits has this value.

        Raises:
            BadInput: a gate without a controlled form, or too many steps.
        """
        found = tuple(steps)
        try:
            for qubit, _ in holders:
                found = tuple(
                    part for step in controlled(found, by=qubit) for part in _standard(step)
                )
                self._spend(len(found), at=at)
        except BadInput as error:
            raise _placed(self._source, at, error) from error
        flips = tuple(Step("x", (qubit,)) for qubit, value in holders if not value)
        return (*flips, *found, *flips)

    def _spelled(
        self, call: GateCall, qubits: tuple[Qubit, ...], angles: tuple[Angle, ...], scope: Scope
    ) -> tuple[Step, ...]:
        name = call.name
        if name in self._defined:
            definition = self._defined[name]
            self._check(call, definition.shape, qubits, angles)
            return self._own(definition, qubits, angles, scope)
        if any(name in DEFINED[library] for library in self._libraries):
            shape = definitions()[name].shape
        else:
            for library in ("", *sorted(self._libraries)):
                name = ALIASES[library].get(name, name)
            if name not in PRIMITIVES:
                raise self._source.fault(call.at, self._undefined(call.name, scope.version))
            shape = PRIMITIVES[name]
        self._check(call, shape, qubits, angles)
        return _standard(Step(name, qubits, angles))

    def _own(
        self,
        definition: GateDefinition,
        qubits: tuple[Qubit, ...],
        angles: tuple[Angle, ...],
        scope: Scope,
    ) -> tuple[Step, ...]:
        places = dict(zip(definition.qubits, qubits, strict=True))
        inner = scope.gate(dict(zip(definition.parameters, angles, strict=True)))
        self._source.enter(at=definition.at)
        found = tuple(self._body(definition.body, places, inner))
        self._source.leave()
        return found

    def _body(
        self, body: Sequence[Statement], places: Mapping[str, Qubit], scope: Scope
    ) -> Iterator[Step]:
        for statement in body:
            match statement:
                case GateCall():
                    qubits = [self._place(each, places) for each in statement.operands]
                    yield from self.steps(statement, qubits, scope)
                case Loop():
                    self._source.enter(at=statement.at)
                    for inner in scope.rounds(statement):
                        yield from self._body(statement.body, places, inner)
                    self._source.leave()
                case Barrier():
                    held = [self._place(each, places) for each in statement.operands]
                    yield Step(BARRIER, tuple(held) or tuple(places.values()))
                case _:
                    what = "a gate is made of gates only. Move this out of it."
                    raise self._source.fault(statement.at, what)

    def _place(self, operand: Operand, places: Mapping[str, Qubit]) -> Qubit:
        if operand.index is None and operand.name in places:
            return places[operand.name]
        what = f"{shown(operand.name)} is no qubit of this gate; it has {', '.join(places)}."
        raise self._source.fault(operand.at, what)

    def _controls(self, modifier: Modifier, scope: Scope) -> int:
        """Return how many qubits a modifier takes for itself."""
        if not modifier.kind.endswith("ctrl"):
            return 0
        if modifier.argument is None:
            return 1
        count = scope.integer(modifier.argument, at=modifier.at, what="A number of controls")
        if not 1 <= count <= MAX_CONTROLS:
            what = f"{count} controls: there may be 1 to {MAX_CONTROLS}. Correct it."
            raise self._source.fault(modifier.at, what)
        return count

    def _modified(
        self, steps: tuple[Step, ...], modifier: Modifier, by: Sequence[Qubit], scope: Scope
    ) -> tuple[Step, ...]:
        if modifier.kind == "inv":
            return inverse(steps)
        if modifier.kind == "pow":
            return self._repeated(steps, modifier, scope)
        for qubit in reversed(by):
            steps = tuple(part for step in controlled(steps, by=qubit) for part in _standard(step))
            self._source.spend(_STANDARD_STEPS * len(steps), at=modifier.at)
        around = tuple(Step("x", (qubit,)) for qubit in by) if modifier.kind == "negctrl" else ()
        return (*around, *steps, *around)

    def _repeated(
        self, steps: tuple[Step, ...], modifier: Modifier, scope: Scope
    ) -> tuple[Step, ...]:
        argument = modifier.argument
        if argument is None:
            raise self._source.fault(modifier.at, "pow needs a number, as in pow(2) @. Add it.")
        exponent = replace(scope, version=2).value(argument, known=True)  # 1/2 is meant as 0.5
        if isinstance(exponent, Angle):
            if exponent.terms:
                what = "A gate's power must be a number that is known here. Correct it."
                raise self._source.fault(modifier.at, what)
            if not exponent.constant.is_integer() or abs(exponent.constant) > MAX_INTEGER:
                raised = power(steps, exponent.constant)
                return tuple(part for step in raised for part in _standard(step))
            exponent = int(exponent.constant)
        count = exponent
        self._spend(abs(count) * len(steps), at=modifier.at)
        self._source.spend(abs(count) * len(steps), at=modifier.at)
        return (inverse(steps) if count < 0 else steps) * abs(count)

    def _check(
        self,
        call: GateCall,
        shape: tuple[int, int],
        qubits: Sequence[Qubit],
        angles: Sequence[Angle],
    ) -> None:
        given = (len(qubits), len(angles))
        if given != shape:
            what = (
                f"{call.name} takes {shape[0]} qubits and {shape[1]} angles; it is given "
                f"{given[0]} and {given[1]}. Correct the call."
            )
            raise self._source.fault(call.at, what)

    def _spend(self, steps: int, *, at: int) -> None:
        self._count += steps
        if self._count > MAX_STEPS:
            what = f"the circuit has more than {MAX_STEPS} gates. Give a smaller one."
            raise self._source.fault(at, what)

    def _undefined(self, name: str, version: int) -> str:
        for library in sorted(DEFINED, reverse=version > 2):  # noqa: PLR2004 - each its own first
            if library not in self._libraries and name in known(frozenset({library})):
                return f'gate {name} is not defined. Write `include "{library}";` at the top.'
        every = {each.lower(): each for each in sorted(known(self._libraries) | set(self._defined))}
        near = nearest(name.lower(), list(every), cutoff=0.5)
        hint = f"Did you mean {every[near]}?" if near else "Define it with `gate`."
        return f"gate {shown(name)} is not defined. {hint}"


def _reduced(angle: Angle) -> Angle:
    """Return an angle less its whole double turns, which no gate feels, where it is a large one."""
    if abs(angle.constant) < _LARGE_RAD:
        return angle
    return Angle(turned_by(angle.constant, turns=2), angle.terms)


def _standard(step: Step) -> tuple[Step, ...]:
    """Spell a step in Braket's gates; its name is theirs, or one of our definitions."""
    if step.name in PRIMITIVES or step.name == BARRIER:
        return (step,)
    definition = definitions()[step.name]
    values = dict(zip(definition.parameters, step.angles, strict=True))
    places = dict(zip(definition.qubits, step.qubits, strict=True))
    # The definitions are affine in their parameters, so nothing is derived here.
    source = Source("", "the standard gates")
    scope = Scope(source, 2, Arithmetic(), Free(open=False), {}, values)
    found: list[Step] = []
    for call in definition.body:
        if isinstance(call, GateCall):
            qubits = tuple(places[operand.name] for operand in call.operands)
            angles = tuple(scope.angle(angle) for angle in call.angles)
            found += _standard(Step(call.name, qubits, angles))
    return tuple(found)


def _placed(source: Source, at: int, error: BadInput) -> BadInput:
    """Say where, unless the message already does."""
    text = str(error)
    return error if text.startswith(f"{source.origin}, line ") else source.fault(at, text)
