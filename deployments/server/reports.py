"""Reports of a server's process to the one that started it: lines of JSON through a pipe."""

import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

READY: Final = "ready"
SERVICE: Final = "service"  # whose `trouble` has begun, or is over where it is empty
ERROR: Final = "error"  # that some `logger` was given
_NOBODY: Final[Callable[[dict[str, Any]], object]] = bool


class Reporter:
    """The end that tells."""

    def __init__(self, descriptor: int) -> None:
        self._stream = os.fdopen(descriptor, "w", encoding="utf-8", buffering=1)
        self._turn = threading.Lock()

    def ready(self) -> None:
        """Say that the server answers."""
        self.tell(report=READY)

    def tell(self, **said: Any) -> None:
        """Say anything; a parent that has ended hears nothing."""
        with self._turn:
            try:
                self._stream.write(json.dumps(said) + "\n")
            except OSError:
                return


class Hearer:
    """The end that listens, in a thread, until the other one closes."""

    def __init__(
        self, descriptor: int, *, heard: Callable[[dict[str, Any]], object] = _NOBODY
    ) -> None:
        self._heard = heard
        self._ready, self._over = threading.Event(), threading.Event()
        threading.Thread(target=self._listen, args=(descriptor,), daemon=True).start()

    def is_ready(self, *, within_s: float) -> bool:
        """Wait until the server answers; False if it does not in time, or has ended."""
        self._ready.wait(within_s)
        return self._ready.is_set() and not self._over.is_set()

    def _listen(self, descriptor: int) -> None:
        with os.fdopen(descriptor, encoding="utf-8") as stream:
            for line in stream:
                said = json.loads(line)
                if said.get("report") == READY:
                    self._ready.set()
                else:
                    self._heard(said)
        self._over.set()
        self._ready.set()  # nobody waits for what has ended


def report_line(said: Mapping[str, Any], *, log: Path) -> str:
    """Return a report in words for operators; nothing where there is nothing to say."""
    if said["report"] == SERVICE:
        name, trouble = said["service"], said["trouble"].rstrip(". ")
        if not trouble:
            return f"Prefect's {name} is alive again"
        return f"Prefect's {name} is not alive: {trouble}. {log} says more"
    if said["report"] == ERROR:
        return f"Prefect's server has an error: {said['text'].rstrip('. ')}. {log} says more"
    return ""
