"""Everything that can go wrong, as one tree. Retry reads the type, never the text.

    RuntimeFault
    +-- Transient            worth trying again
    +-- Terminal             never
        +-- BadInput         the caller can mend it: one line, exit 2
        |   +-- UnknownName  not in a closed set; says what there is
        |   +-- TooLarge     does not fit the device
        +-- BrokenContract   data that its contract refuses: quarantined, downstream stops
        +-- StorageFault     the disk is full, read-only or gone: one line, exit 1
        +-- ExecutionFailed  the target took the work and could not do it

Each carries its arguments unchanged to `super().__init__` so that it survives pickling, and makes
its text in `__str__`: what, the limit, what to do.
"""

from collections.abc import Iterable


class RuntimeFault(Exception):  # noqa: N818 - the tree is of faults, as its docstring draws it
    """The root: whatever the runtime itself raises."""


class Transient(RuntimeFault):
    """Worth trying again."""


class Terminal(RuntimeFault):
    """Trying again cannot help."""


class BadInput(Terminal):
    """The caller can mend it; the message says how."""


class UnknownName(BadInput):
    """A name that is not in a closed set."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        super().__init__(kind, name, self.known)

    def __str__(self) -> str:
        return f"Unknown {self.kind} {self.name!r}. Choose one of: {', '.join(self.known)}."


class TooLarge(BadInput):
    """A circuit that does not fit the device."""

    def __init__(self, device: str, available: int, needed: int) -> None:
        self.device, self.available, self.needed = device, available, needed
        super().__init__(device, available, needed)

    def __str__(self) -> str:
        return (
            f"{self.device} has {self.available} usable qubits; the circuit needs {self.needed}. "
            "Choose a larger device."
        )


class BrokenContract(Terminal):
    """Rows that their contract refuses; they are in quarantine, with the report beside them."""

    def __init__(self, table: str, failed: tuple[str, ...], quarantined: str) -> None:
        self.table, self.failed, self.quarantined = table, failed, quarantined
        super().__init__(table, failed, quarantined)

    def __str__(self) -> str:
        return (
            f"Rows for {self.table} break its contract ({'; '.join(self.failed)}). "
            f"They are kept in {self.quarantined}; what depends on them was not run."
        )


class StorageFault(Terminal):
    """The lake, journal or spool cannot be written or read."""


class ExecutionFailed(Terminal):
    """The target took the work and could not do it."""
