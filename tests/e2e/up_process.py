"""A `qrt up` of a test's own, on a free port and in a home of its own."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.prefect_api import Api, processes
from tests.e2e.processes import QRT, ROOT, interpreter
from tests.e2e.sandbox_process import free_port

MODULES = ("deployments.server.child", "deployments.server.worker", "prefect.engine")


@dataclass(frozen=True)
class Up:
    """A running `qrt up`."""

    process: subprocess.Popen[str]
    home: Path
    api: Api
    environment: dict[str, str]

    @property
    def as_client(self) -> dict[str, str]:
        """The environment of Prefect's own clients of it."""
        return self.environment | self.api.as_client

    def qrt(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the same home."""
        return subprocess.run(
            interpreter(QRT, *arguments),
            env=self.environment | more,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def said(self) -> list[str]:
        """What it has said so far, on standard error."""
        return _said(self.home).read_text().splitlines()

    def stop(self) -> int:
        """Stop it as people do, and return its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def left(self) -> set[int]:
        """Return the processes that it started and that go on."""
        return {number for module in MODULES for number in processes(self.home, module)}


def _said(home: Path) -> Path:
    return home.with_name(f"{home.name}.said")


def start(home: Path, *options: str, **more: str) -> Up:
    """Start it, and wait until it says where the UI is."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "AWS"))}
    environment |= {"QRT_HOME": str(home), "HOME": str(home.parent), **more}
    port = free_port()
    with _said(home).open("w") as stream:
        process = subprocess.Popen(
            interpreter(QRT, "up", "--port", str(port), *options),
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
        )
    assert process.stdout
    with process.stdout as said:
        assert said.readline().strip() == f"http://127.0.0.1:{port}"
    auth = more.get("PREFECT_API_AUTH_STRING") or (home / "auth").read_text()
    return Up(process, home, Api(f"http://127.0.0.1:{port}/api", auth), environment)
