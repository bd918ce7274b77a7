"""Registers of qubits and bits, and which of them an operand means."""

from collections.abc import Container, Sequence
from typing import Final

from tasks.core.qasm.scope import Scope, inclusive
from tasks.core.qasm.syntax import Alias, Expression, Listed, Operand, Range, Register
from tasks.core.qasm.tokens import shown

MAX_QUBITS: Final = 1000
_FOUND_STEPS: Final = 6
_MIXED: Final = "physical qubits ($0) and registers do not mix. Use one or the other."


class Registers:
    """The qubits or the bits of a circuit, numbered in the order of their declaration."""

    def __init__(self, what: str) -> None:
        self.what = what  # "qubits" or "bits", for messages
        self.size = 0
        self._places: dict[str, Sequence[int]] = {}

    @property
    def names(self) -> Container[str]:
        """The registers' names."""
        return self._places.keys()

    def add(self, register: Register, scope: Scope) -> None:
        """Declare a register.

        Raises:
            BadInput: the size is out of range.
        """
        fault = scope.source.fault
        if self.size and not self._places:
            raise fault(register.at, _MIXED)
        count = 1
        if register.size is not None:
            count = scope.integer(register.size, at=register.at, what="The size of a register")
        if count < 1 or self.size + count > MAX_QUBITS:
            what = f"{count} {self.what}: a circuit has 1 to {MAX_QUBITS}. Correct the size."
            raise fault(register.at, what)
        self._places[register.name] = range(self.size, self.size + count)
        self.size += count

    def alias(self, alias: Alias, scope: Scope) -> None:
        """Give what operands mean together another name.

        Raises:
            BadInput: an operand means nothing, or two of them the same.
        """
        places = tuple(place for part in alias.parts for place in self.find(part, scope))
        if len(set(places)) < len(places):
            what = f"{shown(alias.name)} names some of the {self.what} twice. Name each once."
            raise scope.source.fault(alias.at, what)
        self._places[alias.name] = places

    def find(self, operand: Operand, scope: Scope) -> tuple[int, ...]:
        """Return the numbers that an operand means; a whole register means all of it.

        Raises:
            BadInput: there is no such register, or the index is outside it.
        """
        fault = scope.source.fault
        if operand.name.startswith("$"):
            return (self._physical(operand, scope),)
        places = self._places.get(operand.name)
        if places is None:
            names = ", ".join(self._places) or "none"
            what = f"there are no {self.what} {shown(operand.name)}. There are: {names}."
            raise fault(operand.at, what)
        found = tuple(_indices(operand, scope, length=len(places)))
        scope.source.spend(_FOUND_STEPS * len(found), at=operand.at)
        if any(not -len(places) <= index < len(places) for index in found):
            wrong = next(i for i in found if not -len(places) <= i < len(places))
            what = (
                f"{operand.name}[{wrong}] is not there; {operand.name} has {len(places)} "
                f"{self.what}, 0 to {len(places) - 1}."
            )
            raise fault(operand.at, what)
        named = tuple(places[index] for index in found)
        if len(set(named)) < len(named):
            raise fault(operand.at, f"{operand.name} is given an index twice. Give each once.")
        return named

    def is_whole(self, operand: Operand) -> bool:
        """Tell whether an operand is a register or a part of one, rather than a single qubit."""
        if operand.index is None:
            return len(self._places.get(operand.name, ())) > 1
        return isinstance(operand.index, Range | Listed)

    def _physical(self, operand: Operand, scope: Scope) -> int:
        number = int(operand.name[1:9])
        if self._places:
            raise scope.source.fault(operand.at, _MIXED)
        if number >= MAX_QUBITS:
            what = f"{shown(operand.name)} is too large; a circuit has at most {MAX_QUBITS} qubits."
            raise scope.source.fault(operand.at, what)
        self.size = max(self.size, number + 1)
        return number


def _indices(operand: Operand, scope: Scope, *, length: int) -> range | tuple[int, ...]:
    def number(expression: Expression) -> int:
        return scope.integer(expression, at=operand.at, what="An index")

    match operand.index:
        case Range(start=start, step=step, stop=stop):
            found = inclusive(*map(number, (start, step, stop)))
            if not 0 < len(found) <= length:
                what = f"the range of {operand.name} is empty or too long. Correct it."
                raise scope.source.fault(operand.at, what)
            return found
        case Listed(values=values):
            return tuple(map(number, values))
        case None:
            return range(length)
        case index:
            return (number(index),)
