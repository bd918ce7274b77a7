"""Run `qrt` by a clock that is wrong, and that may step: EVENT N BEFORE AFTER COMMAND...

BEFORE and AFTER are seconds by which the clock is off until the N-th event of a name, and from then
on. The process, all of its libraries and its children go by libfaketime, which `preloading` loads.
"""

import os
import sys
from pathlib import Path
from threading import Lock

from deployments.cli.main import run
from tasks.core.events import Event, listening
from tasks.lifecycle import simulated_steps
from tests.e2e.killed import FEW_ROWS, name_of

LIBRARIES = tuple(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


def preloading() -> dict[str, str]:
    """Return the variables of an interpreter whose clock can be set; its monotonic one is true."""
    return {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def main() -> int:
    """Run the command."""
    wanted, number, before, after, *command = sys.argv[1:]
    left, turn = int(number), Lock()
    simulated_steps.MAX_ROWS = FEW_ROWS
    os.environ["FAKETIME"] = before

    def hear(event: Event) -> None:
        nonlocal left
        with turn:
            left -= name_of(event) == wanted
            if left == 0 and name_of(event) == wanted:
                os.environ["FAKETIME"] = after

    with listening(hear):
        return run(command)
