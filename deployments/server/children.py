"""Modules of ours in processes that live as long as whoever started them.

The standard input of each is a pipe from its parent. When that closes, because the parent is done
or was killed, the child ends: no orphan is left, whatever happened.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from datasets.files.home_rights import PRIVATE_UMASK
from datasets.files.writing import open_log

STOP_TIMEOUT_S: Final = 10.0


class Child:
    """A process that runs one module, in a session and a group of its own."""

    def __init__(
        self,
        module: str,
        *arguments: str,
        environment: Mapping[str, str],
        log: Path,
        files: Sequence[int] = (),
    ) -> None:
        """Start it; `files` are descriptors that it has under the same numbers."""
        self.log = log
        with open_log(log) as stream:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-P", "-m", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=stream,
                stderr=stream,
                env=dict(environment),
                umask=PRIVATE_UMASK,
                pass_fds=files,
                start_new_session=True,  # Ctrl-C in the terminal is for the command alone
            )

    @property
    def alive(self) -> bool:
        """Whether it goes on."""
        return self._process.poll() is None

    def stop(self) -> None:
        """Close the pipe that keeps it alive, wait for it, and end what is left of its group."""
        if self._process.stdin:
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_TIMEOUT_S)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def when_parent_ends(end: Callable[[], None]) -> None:
    """In a child: call `end` in a thread when the pipe from the parent closes."""

    def wait() -> None:
        sys.stdin.buffer.read()
        end()

    threading.Thread(target=wait, daemon=True).start()
