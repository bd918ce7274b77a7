"""Standard streams of commands: always open, and a closed standard error fails nothing.

A run tells on standard error how far it is. That its reader has gone, or a disk is full, is no
reason to fail: what it was paid for is in the journal. An answer on standard output that cannot be
written is one.
"""

import os
import sys
from typing import Any

from tasks.errors import StorageFault

STREAMS = (0, 1, 2)


class AnswerLost(StorageFault):
    """Standard output took no answer; `by_reader` where its reader has closed it."""

    def __init__(self, why: str, *, by_reader: bool = False) -> None:
        self.by_reader = by_reader
        super().__init__(why)

    def __str__(self) -> str:
        return f"The answer cannot be written to standard output: {super().__str__()}."


def prepare() -> None:
    """Open closed streams at the null device, and treat their failures as said above.

    A file that is opened next would otherwise be one of them, and a journal be written into.
    """
    for number in STREAMS:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = _Stream(sys.stdout or _null(1), is_needed=True)
    sys.stderr = _Stream(sys.stderr or _null(2), is_needed=False)


def _null(number: int) -> Any:
    return os.fdopen(number, "w", closefd=False)


class _Stream:
    """A text stream of which failures are lost answers, where it is needed, or nothing."""

    def __init__(self, stream: Any, *, is_needed: bool) -> None:
        self._stream, self._is_needed = stream, is_needed

    def write(self, text: str) -> int:
        """Write a text and return its length."""
        try:
            self._stream.write(text)
        except OSError as error:
            self._fail(error)
        return len(text)

    def flush(self) -> None:
        """Write what is buffered."""
        try:
            self._stream.flush()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        if self._is_needed:
            by_reader = isinstance(error, BrokenPipeError)
            raise AnswerLost(error.strerror or str(error), by_reader=by_reader) from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
