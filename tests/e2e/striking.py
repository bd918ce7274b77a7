"""`qrt`, during which faults strike the sandbox at an event: EVENT FAULTS ARGUMENT..."""

import json
import os
import sys
import urllib.request
from typing import Any

from deployments.cli.main import run
from tasks.core.progress.events import Event, listening


def strike(faults: list[dict[str, Any]]) -> None:
    """Put the faults in force."""
    address = f"{os.environ['AWS_ENDPOINT_URL']}/sandbox/faults"
    body = json.dumps(faults).encode()
    request = urllib.request.Request(address, body, method="POST")  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
        answer.read()


def main() -> None:
    """Run the command; strike once, when the event is heard first."""
    wanted, faults, *arguments = sys.argv[1:]
    left = [json.loads(faults)]

    def hear(event: Event) -> None:
        if event.name == wanted and left:
            strike(left.pop())

    with listening(hear):
        code = run(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
