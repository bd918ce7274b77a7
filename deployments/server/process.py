"""A Prefect server as a child process, on a socket that its parent has bound."""

import os
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from deployments.server.children import Child
from deployments.server.reports import Hearer

START_TIMEOUT_S: Final = 600.0  # the first of many servers of a new home migrates its database
_LOOK_EVERY_S: Final = 0.2


class ServerProcess:
    """Serves the API on `listener`; `heard` gets what it reports beside that it is ready."""

    def __init__(
        self,
        listener: socket.socket,
        *,
        environment: Mapping[str, str],
        log: Path,
        heard: Callable[[dict[str, Any]], object] = bool,
    ) -> None:
        self.log = log
        reading, writing = os.pipe()
        files = (listener.fileno(), writing)
        try:
            self._child = Child(
                "deployments.server.child",
                *(str(number) for number in files),
                environment=environment,
                log=log,
                files=files,
            )
        finally:
            os.close(writing)
        self._hearer = Hearer(reading, heard=heard)

    @property
    def alive(self) -> bool:
        """Whether it goes on."""
        return self._child.alive

    def answers(self) -> bool:
        """Wait until it answers; False if it ends before, or takes too long."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.alive:
            if self._hearer.is_ready(within_s=_LOOK_EVERY_S):
                return True
        return False

    def stop(self) -> None:
        """Close the pipe that keeps it alive, and wait for it to end."""
        self._child.stop()
