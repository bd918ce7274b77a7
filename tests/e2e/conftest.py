"""One Prefect server for all commands under test, and the command itself."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from datasets.layout import Home
from deployments.server.ephemeral import QUIET, EphemeralServer

ROOT = Path(__file__).parent.parent.parent
QRT = [sys.executable, "-c", "from deployments.cli.entry import main; main()"]
TIMEOUT_S = 180


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """Its standard output as JSON."""
        return json.loads(self.out)


Command = Callable[..., Ran]


@pytest.fixture(scope="session")
def prefect_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server that all commands share: each would start its own otherwise."""
    home = Home(tmp_path_factory.mktemp("server"))
    home.logs.mkdir()
    before = {name: os.environ.get(name) for name in (*QUIET, "PREFECT_HOME")}
    os.environ.update(QUIET, PREFECT_HOME=str(home.root))
    server = EphemeralServer(home)
    try:
        server.ready()
        yield server.url
    finally:
        server.stop()
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


@pytest.fixture
def qrt(qrt_home: Path, prefect_url: str) -> Command:
    """Return a function that runs `qrt` in a process of its own, with an empty home."""

    def run(*arguments: str, program: list[str] | None = None, **environment: str) -> Ran:
        ended = subprocess.run(
            [*(program or QRT), *arguments],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            cwd=ROOT,
            check=False,
            env=os.environ
            | {"QRT_HOME": str(qrt_home), "PREFECT_API_URL": prefect_url, "COLUMNS": "80"}
            | environment,
        )
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    return run
