"""A sandbox in a process of its own, and what a client needs to use it."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.conftest import QRT, ROOT

GARNET = "braket:arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
START_S = 60


@dataclass(slots=True)
class Sandbox:
    """`qrt sandbox` on a free port."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start the process and wait until it answers."""
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = int(found.getsockname()[1])
        options = ["--port", str(self.port), "--folder", str(self.folder), "--service-time", "0"]
        with (self.folder.parent / "sandbox.log").open("wb") as log:
            self.process = subprocess.Popen([*QRT, "sandbox", *options], stderr=log, cwd=ROOT)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            try:
                self.ask("health")
            except OSError:
                time.sleep(0.1)
            else:
                return
        message = "the sandbox did not start"
        raise TimeoutError(message)

    def ask(self, path: str, *, method: str = "GET", body: Any = None) -> dict[str, Any]:
        """Call one of the sandbox's own paths."""
        data = None if body is None else json.dumps(body).encode()
        address = f"http://127.0.0.1:{self.port}/sandbox/{path}"
        request = urllib.request.Request(address, method=method, data=data)
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            found: dict[str, Any] = json.loads(answer.read())
            return found

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

    def stop(self) -> None:
        """End the process."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
