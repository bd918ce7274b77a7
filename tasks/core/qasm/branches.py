"""Gates that depend on measured bits: controlled by the qubits that hold them."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tasks.core.qasm.conditions import evaluate, operands_of, parts_of
from tasks.core.qasm.measuring import Wires
from tasks.core.qasm.modifiers import Step
from tasks.core.qasm.registers import Registers
from tasks.core.qasm.scope import Scope
from tasks.core.qasm.spelling import MAX_CONTROLS, Spelling
from tasks.core.qasm.syntax import Conditional, Name, Operand

_PART_STEPS: Final = 6  # to work out one part of a condition for one value of its bits


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a condition: where it holds, or where it does not."""

    conditional: Conditional
    scope: Scope
    wanted: bool
    parts: int  # of the condition


class Branches:
    """The conditions that hold at one place of a text, from the outermost on."""

    def __init__(self, wires: Wires, bits: Registers, spelling: Spelling) -> None:
        self._wires = wires
        self._bits = bits
        self._spelling = spelling
        self._sides: list[_Side] = []

    @property
    def inside(self) -> bool:
        """Whether what is read depends on bits."""
        return bool(self._sides)

    @contextmanager
    def into(self, conditional: Conditional, scope: Scope, *, wanted: bool) -> Iterator[None]:
        """Be on one side of a condition.

        Raises:
            BadInput: it depends on too many bits, or names what is no bit and no number.
        """
        parts = len(parts_of(conditional.condition))
        self._sides.append(_Side(conditional, scope, wanted, parts))
        bits = self._all_bits()
        if len(bits) > MAX_CONTROLS:
            what = f"`if` depends on {len(bits)} bits; at most {MAX_CONTROLS}. Use fewer."
            raise scope.source.fault(conditional.at, what)
        try:
            yield
        finally:
            self._sides.pop()

    def steps(self, steps: Sequence[Step], *, at: int) -> tuple[Step, ...]:
        """Return steps on wires as they act on this side.

        Raises:
            BadInput: a gate without a controlled form, or too many steps.
        """
        self._wires.release([int(w) for step in steps for w in step.qubits], at=at)
        bits = self._all_bits()
        known = self._wires.values(bits)
        holding = {bit: self._wires.holding(bit) for bit in bits if bit not in known}
        holders = sorted(set(holding.values()))
        found: list[Step] = []
        for values in itertools.product((0, 1), repeat=len(holders)):
            held = dict(zip(holders, values, strict=True))
            if self._holds({**known, **{bit: held[wire] for bit, wire in holding.items()}}):
                found += self._spelling.where(steps, tuple(held.items()), at=at)
        return tuple(found)

    def _all_bits(self) -> tuple[int, ...]:
        """Return the bits on which all conditions depend."""
        return tuple(
            sorted(
                {
                    bit
                    for side in self._sides
                    for each in operands_of(side.conditional.condition)
                    if each.name in self._bits.names
                    for bit in self._bits.find(each, side.scope)
                }
            )
        )

    def _holds(self, values: Mapping[int, int]) -> bool:
        """Whether these values of the bits lead to this branch of every condition."""
        for side in self._sides:
            side.scope.source.spend(_PART_STEPS * side.parts, at=side.conditional.at)

            def value(operand: Operand, scope: Scope = side.scope) -> int:
                if operand.name not in self._bits.names:
                    name = Name(operand.name, operand.at)
                    return scope.integer(name, at=operand.at, what="What bits are compared with")
                found = self._bits.find(operand, scope)
                return sum(values[bit] << place for place, bit in enumerate(found))

            if bool(evaluate(side.conditional.condition, value)) is not side.wanted:
                return False
        return True
