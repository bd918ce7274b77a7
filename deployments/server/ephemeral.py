"""Use the Prefect server that is configured, or start one for the length of a command.

The server starts before the heavy imports, in a process of its own, so that both go on together.
"""

import os
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datasets.layout import Home
from tasks.errors import StorageFault

START_TIMEOUT_S = 90.0  # a new home's database is migrated first
STOP_TIMEOUT_S = 10.0
POLL_S = 0.05

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # The command shows progress of its own; Prefect's log goes to its API.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
}
EPHEMERAL = {
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_UI_ENABLED": "0",
    # Bigger batches cut the server's work for a task to a third.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "50",
}


class EphemeralServer:
    """A server on a free port; `ready` waits for it, `stop` ends it."""

    def __init__(self, home: Home) -> None:
        self._port = _free_port()
        self._log = home.logs / "prefect-server.log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-m", "deployments.server.child", str(self._port)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=os.environ | EPHEMERAL,
                start_new_session=True,  # Ctrl-C in the terminal is for the command alone
            )

    @property
    def url(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self._port}/api"

    def ready(self) -> None:
        """Wait until it answers.

        Raises:
            StorageFault: it ended, or took too long; its log says why.
        """
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            if _healthy(self.url):
                return
            time.sleep(POLL_S)
        message = f"The Prefect server did not start. {self._log} says why."
        raise StorageFault(message)

    def stop(self) -> None:
        """Close the pipe that keeps it alive, and wait for it to end."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def prefect_server(home: Home) -> Iterator[EphemeralServer | None]:
    """Yield a starting server, or None where the environment or a profile names one.

    Sets the environment that Prefect reads when it is imported; import it afterwards.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    if _configured():
        yield None
        return
    os.environ["PREFECT_HOME"] = str(home.root / "prefect")
    server = EphemeralServer(home)
    os.environ["PREFECT_API_URL"] = server.url
    os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"  # nobody could read them there
    try:
        yield server
    finally:
        server.stop()
        del os.environ["PREFECT_API_URL"]


def _configured() -> bool:
    if os.environ.get("PREFECT_API_URL"):
        return True
    folder = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect")
    try:
        document = tomllib.loads((folder / "profiles.toml").read_text())
    except (OSError, tomllib.TOMLDecodeError):
        return False
    active = os.environ.get("PREFECT_PROFILE") or document.get("active", "")
    return "PREFECT_API_URL" in document.get("profiles", {}).get(active, {})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310 - http on loopback
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP OK
    except (urllib.error.URLError, OSError):
        return False
