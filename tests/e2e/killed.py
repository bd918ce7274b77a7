"""Run `qrt` and kill the process with SIGKILL at the n-th event of a name.

Usage: python -m tests.e2e.killed EVENT N LOG COMMAND...
Each execution that is handed to a target is written to LOG first, so that none can hide.
"""

import os
import signal
import sys
from pathlib import Path

from deployments.cli.main import run
from tasks.core.events import Event, listening


def main() -> int:
    """Run the command, unless the event comes first."""
    name, number, log, *command = sys.argv[1:]
    left = int(number)

    def hear(event: Event) -> None:
        nonlocal left
        if event.name == "execution.bought":
            with Path(log).open("a") as stream:
                stream.write(f"{event.fields['execution_id']}\n")
        left -= event.name == name
        if left == 0 and event.name == name:
            os.kill(os.getpid(), signal.SIGKILL)

    with listening(hear):
        return run(command)


if __name__ == "__main__":
    sys.exit(main())
