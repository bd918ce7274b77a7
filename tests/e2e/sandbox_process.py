"""A sandbox in a process of its own, and what a client needs to use it."""

import json
import os
import signal
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.preloaded import Request
from tests.e2e.processes import QRT, ROOT, Process, Start, afresh

GARNET = "braket:arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
START_S = 60
AT_ONCE = ("--service-time", "0")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(slots=True)
class Sandbox:
    """`qrt sandbox`; started again, it has the same port and folder."""

    folder: Path
    options: tuple[str, ...] = AT_ONCE
    port: int = field(default_factory=free_port)
    process: Process = field(init=False)

    def start(self, how: Start = afresh) -> None:
        """Start the process and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        stated = ("--port", str(self.port), "--folder", str(self.folder), *self.options)
        request = Request(QRT, ("sandbox", *stated), dict(os.environ), str(ROOT))
        with (self.folder / "sandbox.log").open("ab") as log:
            self.process = how(request, log, log)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            try:
                self.ask("health")
            except OSError:
                time.sleep(0.02)
            else:
                return
        message = f"the sandbox did not start; {self.folder}/sandbox.log says why"
        raise TimeoutError(message)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the process."""
        self.process.send_signal(how)
        self.process.wait(timeout=20)

    def ask(self, path: str, *, method: str = "GET", body: Any = None) -> dict[str, Any]:
        """Call one of the sandbox's own paths."""
        return self._answer(f"sandbox/{path}", method=method, body=body)

    def tasks(self) -> list[dict[str, Any]]:
        """Return every quantum task there is in Garnet's region, as SearchQuantumTasks does."""
        headers = _signed("braket")
        body: dict[str, Any] = {"filters": [], "maxResults": 100}
        found: list[dict[str, Any]] = []
        while True:
            page = self._answer("quantum-tasks", method="POST", body=body, headers=headers)
            found += page["quantumTasks"]
            if not page.get("nextToken"):
                return found
            body["nextToken"] = page["nextToken"]

    def task(self, arn: str) -> dict[str, Any]:
        """Return one quantum task, as GetQuantumTask does."""
        path = f"quantum-task/{urllib.parse.quote(arn, safe='')}"
        return self._answer(path, method="GET", body=None, headers=_signed("braket"))

    def has_result(self, task: dict[str, Any]) -> bool:
        """Whether a task's result is there and is JSON."""
        path = f"{task['outputS3Bucket']}/{task['outputS3Directory']}/results.json"
        try:
            self._answer(path, method="GET", body=None, headers=_signed("s3"))
        except (urllib.error.HTTPError, ValueError):
            return False
        return True

    def strike(self, *faults: dict[str, Any]) -> None:
        """Put these faults, and no others, in force."""
        self.ask("faults", method="DELETE")
        if faults:
            self.ask("faults", method="POST", body=list(faults))

    @property
    def environment(self) -> dict[str, str]:
        """What points any Braket client at this sandbox, and at nothing else."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "first",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def _answer(
        self, path: str, *, method: str, body: Any, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        address = f"http://127.0.0.1:{self.port}/{path}"
        request = urllib.request.Request(address, data, headers or {}, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
            found: dict[str, Any] = json.loads(answer.read())
            return found


def _signed(service: str) -> dict[str, str]:
    """Return the header that tells a service of Garnet's region from the others."""
    scope = f"Credential=audit/20260101/eu-north-1/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}


class Bill:
    """What was charged since this was made."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox, self._before = sandbox, sandbox.ask("bill")

    def since(self) -> tuple[int, int, float]:
        now = self._sandbox.ask("bill")
        tasks, shots = (now[name] - self._before[name] for name in ("tasks", "shots"))
        return tasks, shots, round(now["usd"] - self._before["usd"], 6)
