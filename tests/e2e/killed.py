"""Run `qrt` and kill the process with SIGKILL at the n-th event of a name.

Arguments: EVENT N LOG COMMAND...
Each event is written to LOG before that, so that no execution that was bought can hide. An event
that tells what was asked or written is named with it: `provider.asked:GetObject`.
"""

import json
import os
import signal
import sys
from pathlib import Path
from threading import Lock

from deployments.cli.main import run
from tasks.core.progress.events import Event, listening
from tasks.workloads.search import local

FEW_ROWS = 700  # so that a loop is written down three iterations at a time, not all at once
NEVER = ("", "0")  # what to write for EVENT and N


def main() -> int:
    """Run the command, unless the event comes first."""
    wanted, number, log, *command = sys.argv[1:]
    left, turn = int(number), Lock()
    local.MAX_ROWS = FEW_ROWS
    stream = Path(log).open("a", buffering=1)  # noqa: SIM115 - as long as the process

    def hear(event: Event) -> None:
        nonlocal left
        name = name_of(event)
        with turn:
            stream.write(f"{json.dumps([name, event.fields.get('execution_id')])}\n")
            left -= name == wanted
            if left == 0 and name == wanted:
                os.kill(os.getpid(), signal.SIGKILL)

    with listening(hear):
        return run(command)


def name_of(event: Event) -> str:
    """Return the event's name, with the operation or verb of those that have one."""
    kind = event.fields.get("operation") or event.fields.get("verb")
    return f"{event.name}:{kind}" if kind else event.name


def heard(log: Path) -> list[tuple[str, str | None]]:
    """Return what was written to a log: names, and executions where there are some."""
    return [(name, which) for name, which in map(json.loads, log.read_text().splitlines())]
