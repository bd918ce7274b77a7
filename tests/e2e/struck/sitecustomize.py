"""Kill a process of a cluster at an event, once in each place of QRT_STRIKES: FOLDER EVENT EVENT.

Every interpreter with this folder in PYTHONPATH listens, but never the flow's own process, which
is told again what happened in the others.
"""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

FOLDER, *EVENTS = os.environ["QRT_STRIKES"].split()


def hear(event: Any) -> None:
    """End this process at the event, unless another one ended at it before."""
    name = f"{event.name}:{event.fields['verb']}" if "verb" in event.fields else event.name
    if name in EVENTS and "deployments.cli.main" not in sys.modules:
        with suppress(FileExistsError):
            (Path(FOLDER) / name).touch(exist_ok=False)
            os.kill(os.getpid(), signal.SIGKILL)


with suppress(ImportError):  # a helper of an environment of its own has none of our code
    from tasks.core.progress.events import listen

    listen(hear)
