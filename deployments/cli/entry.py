"""The first lines of every command: a signal ends it at once, in one line.

A run is safe against SIGKILL at any moment, so an interrupt needs no tidying either. Unwinding
would cross numba's kernels and Prefect's engine, which turn it into other errors or swallow it.
"""

import gc
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

import deployments

SHOW_CURSOR = "\x1b[?25h"
ALLOCATIONS: Final = 10_000  # between two searches for garbage, of which imports make none
OPENED: list[str] = []  # the run that this command has opened
WORDS = {signal.SIGINT: "Interrupted", signal.SIGTERM: "Terminated"}


def main() -> None:
    """Run the command line and exit; what it and its children create is the user's alone."""
    for number in WORDS:
        signal.signal(number, _leave)
    gc.set_threshold(ALLOCATIONS)
    _keep_to_own_code()
    from deployments.cli import streams

    streams.prepare()
    from datasets.files.home_rights import PRIVATE_UMASK
    from deployments.cli.main import main as command

    os.umask(PRIVATE_UMASK)

    command()


def _keep_to_own_code() -> None:
    """Have this process and its children take no module of ours for another's of that name.

    The folder that a command is called in may well have a `flows` or a `tasks.py`, and so may one
    that PYTHONPATH names for other programs.
    """
    os.environ["PYTHONSAFEPATH"] = "1"  # children look for no code where they are started
    if others := os.environ.get("PYTHONPATH"):
        code = str(Path(deployments.__path__[0]).parent)
        sys.path.insert(0, code)
        os.environ["PYTHONPATH"] = os.pathsep.join((code, others))


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    # Progress may stand in the terminal's last line.
    before = f"{SHOW_CURSOR}\n" if sys.stderr.isatty() else ""
    with suppress(OSError):
        os.write(2, f"{before}{WORDS[signal.Signals(number)]}. {_afterwards()}\n".encode())
    os._exit(128 + number)


def _afterwards() -> str:
    if OPENED:
        return f"`qrt resume {OPENED[-1]}` goes on with the run."
    return "No run was opened; `qrt runs` lists those that were."
