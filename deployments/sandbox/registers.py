"""Refuse programs that leave qubits unused or partly measured, as Braket's simulators do.

It is seen in the text alone, where that declares one register and names its qubits by number.
"""

import re
from dataclasses import dataclass
from typing import Final

from deployments.sandbox.circuits import without_comments
from deployments.sandbox.wire import invalid

_DECLARED: Final = re.compile(r"\bqubit\s*(?:\[\s*(\d+)\s*\])?\s+(\w+)\s*;")
_UNUSED: Final = (
    "Please make sure all qubits in the qubit register are used for tasks submitted to simulators"
)
_UNMEASURED: Final = (
    "Device requires all qubits in the program to be measured. This may be caused by declaring "
    "non-contiguous qubits or measuring partial qubits"
)


@dataclass(frozen=True, slots=True)
class _Register:
    """A register of qubits and the text that follows its declaration."""

    name: str
    size: int
    text: str

    def named(self, before: str = "") -> set[int] | None:
        """Return which qubits are named after the word `before`; None where no number says it."""
        word = rf"\b{before}\s+" if before else r"(?<![\w.])"
        found = re.findall(rf"{word}{self.name}\b\s*(\[[^\]]*\])?", self.text)
        every = range(self.size)
        places = [every if not index else _number(index) for index in found]
        return None if None in places else {at for place in places for at in place or ()}


def check_registers(source: str) -> None:
    """Refuse a program that a simulator would refuse for its unused or unmeasured qubits.

    Raises:
        Refusal: a qubit is used by nothing, or some are measured and others not.
    """
    text = without_comments(source)
    declared = list(_DECLARED.finditer(text))
    if len(declared) != 1:
        return
    size, name = declared[0].groups()
    register = _Register(name, int(size or 1), text[declared[0].end() :])
    used, measured = register.named(), register.named("measure")
    if used is not None and 0 < len(used) < register.size:
        raise invalid(_UNUSED)
    if measured is not None and 0 < len(measured) < register.size:
        raise invalid(_UNMEASURED)


def _number(index: str) -> tuple[int, ...] | None:
    text = index[1:-1].strip()
    return (int(text),) if text.isdecimal() else None
