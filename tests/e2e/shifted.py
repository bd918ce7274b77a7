"""Run `qrt` by a clock that is wrong, and that may step: EVENT N BEFORE AFTER COMMAND...

BEFORE and AFTER are seconds by which the clock is off until the N-th event of a name, and from then
on. The process, all of its libraries and its children go by a clock that `preloading` puts before
the system's.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Lock

from deployments.cli.main import run
from tasks.core.progress.events import Event, listening
from tasks.workloads.search import local
from tests.e2e.killed import FEW_ROWS, name_of

SOURCE = Path(__file__).with_name("shifted_clock.c")
COMPILER = shutil.which("cc")


def preloading(folder: Path) -> dict[str, str]:
    """Return the variables of an interpreter whose clock can be set; its monotonic one is true."""
    library = folder / "shifted_clock.so"
    if not library.exists():
        made = [str(COMPILER), "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"]
        subprocess.run(made, check=True)
    return {"LD_PRELOAD": str(library)}


def main() -> int:
    """Run the command."""
    wanted, number, before, after, *command = sys.argv[1:]
    left, turn = int(number), Lock()
    local.MAX_ROWS = FEW_ROWS
    os.environ["SHIFT_S"] = before

    def hear(event: Event) -> None:
        nonlocal left
        with turn:
            left -= name_of(event) == wanted
            if left == 0 and name_of(event) == wanted:
                os.environ["SHIFT_S"] = after

    with listening(hear):
        return run(command)
