"""One limit on the work that reading a text may take: steps, and levels of nesting.

Every reader of text that somebody gives counts here, so that no text hangs it or overflows the
stack: steps are spent before they are made, whatever asks for them, and levels of brackets, blocks
and gates made of gates are counted together.
"""

from typing import Final

from tasks.errors import BadInput

MAX_STEPS: Final = 12_000_000  # each less than a microsecond: some seconds in all
MAX_LEVELS: Final = 64  # each of at most ten frames of Python's stack, which has 1,000
TOO_LONG: Final = f"reading it takes more than {MAX_STEPS:,} steps. Give a smaller one."
TOO_DEEP: Final = f"it nests deeper than {MAX_LEVELS} levels. Simplify it."


class Effort:
    """What is left of the limits while one text is read; `what` begins the messages."""

    __slots__ = ("_levels", "_steps", "_what")

    def __init__(self, *, what: str = "") -> None:
        self._what = what
        self._steps = MAX_STEPS
        self._levels = 0

    def spend(self, steps: int = 1) -> None:
        """Take steps off what is left.

        Raises:
            BadInput: fewer are left.
        """
        self._steps -= steps
        if self._steps < 0:
            raise BadInput(self._what + TOO_LONG)

    def enter(self) -> None:
        """Go one level deeper; `leave` comes back.

        Raises:
            BadInput: there are too many.
        """
        if self._levels >= MAX_LEVELS:
            raise BadInput(self._what + TOO_DEEP)
        self._levels += 1

    def leave(self) -> None:
        """Come back from a level."""
        self._levels -= 1
