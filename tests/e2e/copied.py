"""Run `qrt` and copy the journal after each of its commits: FOLDER COMMAND...

The copies are what a backup or a lagging standby would be; they are called `0000.db` and so on.
"""

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from threading import Lock

from deployments.cli.main import run
from tasks.core.progress.events import Event, listening
from tasks.workloads.search import local
from tests.e2e.killed import FEW_ROWS


def main() -> int:
    """Run the command."""
    folder, *command = sys.argv[1:]
    journal, copies = Path(os.environ["QRT_HOME"]) / "journal.db", Path(folder)
    copies.mkdir(parents=True, exist_ok=True)
    turn = Lock()
    local.MAX_ROWS = FEW_ROWS

    def hear(event: Event) -> None:
        if event.name != "journal.written":
            return
        with turn:
            place = copies / f"{len(list(copies.iterdir())):04d}.db"
            with (
                closing(sqlite3.connect(journal)) as there,
                closing(sqlite3.connect(place)) as here,
            ):
                there.backup(here)

    with listening(hear):
        return run(command)
