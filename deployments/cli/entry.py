"""The first lines of every command: a signal ends it at once, in one line.

A run is safe against SIGKILL at any moment, so an interrupt needs no tidying either. Unwinding
would cross numba's kernels and Prefect's engine, which turn it into other errors or swallow it.
"""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

SHOW_CURSOR = "\x1b[?25h"
WORDS = {signal.SIGINT: "Interrupted", signal.SIGTERM: "Terminated"}


def main() -> None:
    """Run the command line and exit; what it and its children create is the user's alone."""
    for number in WORDS:
        signal.signal(number, _leave)
    from datasets.home_rights import PRIVATE_UMASK
    from deployments.cli.main import main as command

    os.umask(PRIVATE_UMASK)

    command()


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    cursor = SHOW_CURSOR if sys.stderr.isatty() else ""
    word = WORDS[signal.Signals(number)]
    text = (
        f"{cursor}{word}. `qrt runs` lists what was going on; `qrt resume RUN` goes on with it.\n"
    )
    os.write(2, text.encode())
    os._exit(128 + number)
