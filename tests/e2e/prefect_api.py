"""A Prefect server as a test asks it, over HTTP, and the processes of a home."""

import base64
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_S = 400  # a worker's flow imports everything anew, beside other tests
BUSY = 503
TIMEOUT_S = 180  # SQLite waits for 60 s by itself
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def wait_for(look: Callable[[], Any], *, timeout_s: float = PATIENCE_S) -> Any:
    """Return what `look` finds, once it finds something."""
    deadline = time.monotonic() + timeout_s
    while not (found := look()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.5)
    return found


@dataclass(frozen=True)
class Api:
    """The API at `url`."""

    url: str
    auth: str = ""

    @property
    def as_client(self) -> dict[str, str]:
        """The settings of Prefect's own clients of it."""
        return {"PREFECT_API_URL": self.url, "PREFECT_API_AUTH_STRING": self.auth}

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """Return the answer to a request."""
        headers = {"Content-Type": "application/json"}
        if self.auth:
            headers["Authorization"] = f"Basic {base64.b64encode(self.auth.encode()).decode()}"
        request = urllib.request.Request(  # noqa: S310 - http on loopback
            f"{self.url}{path}",
            data=json.dumps(body).encode() if method != "GET" else None,
            headers=headers,
            method=method,
        )
        text = _answer(request)
        return json.loads(text) if text else None

    def refusal(self, method: str, path: str, **body: Any) -> tuple[int, str]:
        """Return the status and the text of a request that is refused."""
        try:
            self.ask(method, path, **body)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        message = "the request was taken"
        raise AssertionError(message)

    def deployment(self, name: str) -> Any:
        """Return a deployment, FLOW/NAME."""
        return self.ask("GET", f"/deployments/name/{name}")

    def submit(self, deployment: str, /, **parameters: Any) -> str:
        """Ask for a run of a deployment, as the UI does, and return its id."""
        where = f"/deployments/{self.deployment(deployment)['id']}/create_flow_run"
        return str(self.ask("POST", where, parameters=parameters)["id"])

    def run(self, run_id: str) -> Any:
        """Return a flow run."""
        return self.ask("GET", f"/flow_runs/{run_id}")

    def runs(self, **filters: Any) -> list[Any]:
        """Return flow runs."""
        found: list[Any] = self.ask("POST", "/flow_runs/filter", **filters)
        return found

    def ended(self, run_id: str) -> Any:
        """Wait for the end of a flow run, and return it."""
        return wait_for(lambda: (run := self.run(run_id))["state_type"] in ENDED and run)


def _answer(request: urllib.request.Request) -> bytes:
    """Return the answer, asking again while SQLite is busy, as Prefect's own client does."""
    for attempt in range(20):
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - loopback
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code != BUSY or attempt == 19:
                raise
            time.sleep(1)
    raise AssertionError


def processes(home: Path, *words: str) -> set[int]:
    """Return the processes of a home whose command or environment has all the words."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            text = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        named = all(word.encode() in text for word in (str(home), *words))
        if named and state != "Z" and int(process.name) != os.getpid():
            found.add(int(process.name))
    return found


def kill(numbers: set[int]) -> None:
    """End processes at once."""
    for number in numbers:
        os.kill(number, signal.SIGKILL)
