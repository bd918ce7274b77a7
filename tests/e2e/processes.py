"""Start functions of ours as processes: afresh, or forked from one that has loaded everything."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from tests.e2e.preloaded import Request, read_at_start

ROOT = Path(__file__).parent.parent.parent
QRT = "deployments.cli.entry:main"
START_S = 180


class Process(Protocol):
    """A process that was started; what tests need of Popen."""

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code, a signal's number below 0; TimeoutExpired when it goes on."""
        ...

    def send_signal(self, sig: int) -> None:
        """Send it a signal, unless it has ended."""
        ...


Start = Callable[[Request, IO[bytes], IO[bytes]], Process]


def interpreter(main: str, *arguments: str) -> list[str]:
    """Return the command that calls a function, `module:name`, in an interpreter of its own."""
    module, _, name = main.partition(":")
    program = f"import sys; from {module} import {name}; sys.exit({name}())"
    return [sys.executable, "-c", program, *arguments]


def afresh(request: Request, out: IO[bytes], err: IO[bytes]) -> Process:
    """Start a new interpreter, as users do."""
    return subprocess.Popen(
        interpreter(request.main, *request.arguments),
        env=request.environment,
        cwd=request.folder,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
    )


@dataclass(slots=True)
class Forked:
    """A process that the preloaded one has forked."""

    client: socket.socket
    code: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code."""
        if self.code is None:
            self.client.settimeout(timeout)
            try:
                self.code = int(self.client.recv(16))
            except TimeoutError as error:
                raise subprocess.TimeoutExpired("forked", timeout or 0) from error
            self.client.close()
        return self.code

    def send_signal(self, sig: int) -> None:
        """Send a signal; one that has ended, which `wait` tells, does not get it."""
        if self.code is None:
            with suppress(BrokenPipeError):
                self.client.sendall(bytes([sig]))


def check_in_time(environment: dict[str, str], *, loaded: dict[str, str]) -> None:
    """Refuse variables that a fork of a process would set too late: ValueError."""
    late = read_at_start(environment) ^ read_at_start(loaded)
    if late:
        message = f"{sorted(late)}: read when an interpreter starts. Start this one afresh."
        raise ValueError(message)


@dataclass(slots=True)
class Preloaded:
    """The process that forks; a session of tests has one."""

    folder: Path
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start it; it imports everything while others go on."""
        with self._log.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.preloaded", str(self._path)],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,  # it ends when this closes, whoever closes it
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )

    def fork(self, request: Request, out: IO[bytes], err: IO[bytes]) -> Process:
        """Start a process that looks as if it had been started for the request."""
        self._wait()
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.connect(str(self._path))
        with Path(os.devnull).open("rb") as nothing:
            files = [stream.fileno() for stream in (nothing, out, err)]
            socket.send_fds(client, [request.encoded()], files)
        return Forked(client)

    def stop(self) -> None:
        """End it, and whatever it has forked."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(20)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        while not self._path.exists():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise ChildProcessError(self._log.read_text())
            time.sleep(0.05)

    @property
    def _path(self) -> Path:
        return self.folder / "socket"

    @property
    def _log(self) -> Path:
        return self.folder / "preloaded.log"
