"""What names mean at one place in a circuit's text, and the values of expressions there."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from datasets.records.circuits import Angle
from tasks.core.circuits.openqasm import is_parameter_name
from tasks.core.qasm.arithmetic import MAX_INTEGER, RESERVED, Arithmetic, Value, angle_of
from tasks.core.qasm.syntax import Expression, Loop, Name, Number, Operation, Range
from tasks.core.qasm.tokens import Source, nearest, shown
from tasks.errors import BadInput

CONSTANTS: Final[Mapping[str, Value]] = {
    "pi": Angle(3.141592653589793),
    "tau": Angle(6.283185307179586),
    "euler": Angle(2.718281828459045),
    "π": Angle(3.141592653589793),
    "τ": Angle(6.283185307179586),
    "ℇ": Angle(2.718281828459045),
}
MAX_ROUNDS: Final = 100_000
_ROUND_STEPS: Final = 24
_OPERATION_STEPS: Final = 2


@dataclass(slots=True)
class Free:
    """The free parameters of a circuit; `open` takes every unknown name in an angle for one."""

    open: bool
    names: dict[str, int] = field(default_factory=dict)  # name -> where it was first seen


@dataclass(frozen=True, slots=True)
class Scope:
    """Names and their values; a gate's body and a loop have scopes of their own."""

    source: Source
    version: int
    arithmetic: Arithmetic
    free: Free
    constants: Mapping[str, Value]  # of the whole text
    values: Mapping[str, Value]  # of this place, before those
    inner: bool = False

    @property
    def exact(self) -> bool:
        """Whether a quotient of whole numbers must be whole."""
        return self.version > 2  # noqa: PLR2004 - OpenQASM 2

    def gate(self, values: Mapping[str, Value]) -> "Scope":
        """Return the scope of a gate's body: its own parameters and the text's constants."""
        return replace(self, free=Free(open=False), values=values, inner=True)

    def trial(self) -> "Scope":
        """Return a scope whose derivations are thrown away."""
        return replace(self, arithmetic=Arithmetic(), free=Free(open=False))

    def rounds(self, loop: Loop) -> Iterator["Scope"]:
        """Yield the scope of each round of a loop: this one's names and the loop's variable.

        Raises:
            BadInput: the values are not whole numbers that are known here, or too many.
        """

        def number(expression: Expression) -> int:
            return self.integer(expression, at=loop.at, what="A loop's value")

        if isinstance(loop.values, Range):
            start, step, stop = map(number, (loop.values.start, loop.values.step, loop.values.stop))
            if not step:
                raise self.source.fault(loop.at, "the loop goes on by 0. Give another step.")
            values: Sequence[int] = inclusive(start, step, stop)
        else:
            values = [number(value) for value in loop.values]
        if len(values) > MAX_ROUNDS:
            what = f"the loop has {len(values)} rounds; at most {MAX_ROUNDS}. Shorten it."
            raise self.source.fault(loop.at, what)
        for value in values:
            self.source.spend(_ROUND_STEPS, at=loop.at)
            yield replace(self, values={**self.values, loop.variable: value}, inner=True)

    def angle(self, expression: Expression) -> Angle:
        """Return the value of an angle in radians."""
        return angle_of(self.value(expression))

    def integer(self, expression: Expression, *, at: int, what: str) -> int:
        """Return a whole number that is known before anything runs.

        Raises:
            BadInput: it is none.
        """
        found = self.value(expression, known=True)
        if isinstance(found, int):
            return found
        wanted = f"{what} must be a whole number that is known here. Correct it."
        raise self.source.fault(at, wanted)

    def value(self, expression: Expression, *, known: bool = False) -> Value:
        """Return the value of an expression; with `known` no name is taken for a parameter.

        Raises:
            BadInput: a name that means nothing, or no finite value.
        """
        match expression:
            case Number(value=int() as value):
                return value if value <= MAX_INTEGER else Angle(float(value))
            case Number(value=value, at=at):
                if math.isinf(value):
                    what = "the number is too large. Correct it."
                    raise self.source.fault(at, what)
                return Angle(value)
            case Name(text=text, at=at):
                return self._named(text, at, known=known)
            case Operation():
                return self._computed(expression, known=known)

    def _computed(self, expression: Operation, *, known: bool) -> Value:
        """Return the value of an operation; a long sum leans to the left, so no level is deep."""
        leaning: list[Operation] = []
        first: Expression = expression
        while isinstance(first, Operation):
            leaning.append(first)
            first = first.operands[0]
        found = self.value(first, known=known)
        for each in reversed(leaning):
            others = tuple(self.value(operand, known=known) for operand in each.operands[1:])
            try:
                found = self.arithmetic.apply(each.name, (found, *others), exact=self.exact)
            except BadInput as error:
                raise self.source.fault(each.at, str(error)) from error
            terms = len(found.terms) if isinstance(found, Angle) else 0
            self.source.spend(_OPERATION_STEPS + terms, at=each.at)
        return found

    def declare(self, name: str, at: int) -> None:
        """Make a name a free parameter.

        Raises:
            BadInput: it cannot be the name of one.
        """
        if RESERVED.match(name) or not is_parameter_name(name):
            what = (
                f"{shown(name)} cannot be the name of a parameter. Use letters, digits and "
                "underscores, not a digit first, and no word of the language."
            )
            raise self.source.fault(at, what)
        self.free.names.setdefault(name, at)

    def _named(self, text: str, at: int, *, known: bool) -> Value:
        if text in self.values:
            return self.values[text]
        if text in self.constants:
            return self.constants[text]
        if text in CONSTANTS:
            return CONSTANTS[text]
        if text not in self.free.names:
            if known or not self.free.open:
                raise self.source.fault(at, self._undeclared(text))
            self.declare(text, at)
        return Angle(0.0, ((text, 1.0),))

    def _undeclared(self, text: str) -> str:
        declared = sorted({*self.constants, *self.values, *self.free.names})
        near = nearest(text, declared)
        if near:
            return f"{shown(text)} is not declared. Did you mean {near}?"
        if self.version == 2 or self.inner:  # noqa: PLR2004 - OpenQASM 2
            return f"{shown(text)} is not declared here. Declare it, or correct the name."
        return f"{shown(text)} is not declared. Declare a parameter with `input float {text};`."


def inclusive(start: int, step: int, stop: int) -> range:
    """Return a range as OpenQASM means it, both ends included; a step of 0 makes it empty."""
    return range(start, stop + (1 if step > 0 else -1), step) if step else range(0)
