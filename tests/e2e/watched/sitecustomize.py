"""Write down every address that an interpreter with this folder in PYTHONPATH asks for."""

import json
import os
import sys
from pathlib import Path
from typing import Any

ADDRESSED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


def note(event: str, arguments: tuple[Any, ...]) -> None:
    """Append the event, host and port to the log; sockets of this machine's own kind aside."""
    if event not in ADDRESSED:
        return
    address = arguments[1] if event in {"socket.connect", "socket.sendto"} else arguments
    if not isinstance(address, str | bytes):
        host, port, *_ = (*address, None)
        with Path(os.environ["QRT_ADDRESSES"]).open("a") as log:
            log.write(f"{json.dumps([event, str(host), port])}\n")


sys.addaudithook(note)
