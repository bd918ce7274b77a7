"""One Prefect server for all commands under test, one process to fork them, and the command."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import IO, Any

import certifi
import pytest

from datasets.home import Home
from deployments.server.environment import QUIET
from deployments.server.ephemeral import EphemeralServer
from tests.datasets.lake.loopback_s3 import LoopbackS3
from tests.e2e.prefect_api import Api
from tests.e2e.preloaded import Request
from tests.e2e.processes import QRT, ROOT, Preloaded, Process, afresh, check_in_time
from tests.e2e.sandbox_process import Sandbox
from tests.e2e.shifted import preloading

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

    @property
    def line(self) -> str:
        """The one line of a command that could not do its work."""
        assert self.out == ""
        assert "Traceback" not in self.err
        (line,) = self.err.strip().splitlines()
        return line


@dataclass(frozen=True)
class Running:
    """A command that goes on."""

    process: Process
    out: IO[bytes]
    err: IO[bytes]

    def ended(self) -> Ran:
        """Wait for its end."""
        code = self.process.wait(TIMEOUT_S)
        texts = []
        for stream in (self.out, self.err):
            stream.seek(0)
            texts.append(stream.read().decode())
            stream.close()
        return Ran(code, *texts)


@dataclass(frozen=True)
class Command:
    """Runs `qrt` in a process of its own, with these variables beside the test's."""

    environment: dict[str, str]
    preloaded: Preloaded

    def __call__(
        self, *arguments: str, main: str = QRT, fresh: bool = False, **environment: str
    ) -> Ran:
        """Run it to its end; `fresh` where the start of a process is what is tested."""
        return self.start(*arguments, main=main, fresh=fresh, **environment).ended()

    def start(
        self, *arguments: str, main: str = QRT, fresh: bool = False, **environment: str
    ) -> Running:
        """Start it, and do not wait."""
        wanted = os.environ | self.environment | environment
        request = Request(main, arguments, wanted, str(ROOT))
        if not fresh:
            check_in_time(wanted, loaded=self.preloaded.environment)
        out, err = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 - until `ended`
        start = afresh if fresh else self.preloaded.fork
        return Running(start(request, out, err), out, err)


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Start a server that all commands share: each would start its own otherwise."""
    home = Home(tmp_path_factory.mktemp("server"))
    home.logs.mkdir()
    before = {name: os.environ.get(name) for name in (*QUIET, "PREFECT_HOME")}
    os.environ.update(QUIET, PREFECT_HOME=str(home.root))
    server = EphemeralServer(home)
    try:
        server.ready()
        yield Api(server.url, server.password)
    finally:
        server.stop()
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


@pytest.fixture(scope="session")
def preloaded() -> Iterator[Preloaded]:
    """Start the process that forks the commands."""
    with tempfile.TemporaryDirectory() as folder:  # a socket's path has at most 107 letters
        found = Preloaded(Path(folder))
        found.start()
        yield found
        found.stop()


@pytest.fixture(scope="session")
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with one certificate: Prefect reads all of certifi's 18 times in a short run.

    The server is reached over plain HTTP; that is a sixth of the run's time for nothing.
    """
    first, end, _ = Path(certifi.where()).read_text().partition("-----END CERTIFICATE-----\n")
    path = tmp_path_factory.mktemp("certificates") / "one.pem"
    path.write_text(first + end)
    return path


@pytest.fixture(scope="session")
def homeless(preloaded: Preloaded, prefect_api: Api, one_authority: Path) -> Command:
    """Return what runs `qrt` in a process of its own; the caller names the home."""
    where = {
        **prefect_api.as_client,
        "PREFECT_API_SSL_CERT_FILE": str(one_authority),
        "COLUMNS": "80",
    }
    return Command(where, preloaded)


@pytest.fixture(scope="session")
def skewed(homeless: Command) -> Iterator[Command]:
    """Return what runs `qrt` in processes whose clocks can be set; the caller names the home."""
    with tempfile.TemporaryDirectory() as folder:
        clock = preloading(Path(folder))
        found = Preloaded(Path(folder), dict(os.environ) | clock)
        found.start()
        yield Command(homeless.environment | clock, found)
        found.stop()


@pytest.fixture
def qrt(qrt_home: Path, homeless: Command) -> Command:
    """Return what runs `qrt` in a process of its own, with an empty home."""
    return replace(homeless, environment=homeless.environment | {"QRT_HOME": str(qrt_home)})


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory, preloaded: Preloaded) -> Iterator[Sandbox]:
    """Start one sandbox for all tests of this file."""
    found = Sandbox(tmp_path_factory.mktemp("sandbox"))
    found.start(preloaded.fork)
    yield found
    found.end()


@pytest.fixture
def sandbox(process: Sandbox) -> Iterator[Sandbox]:
    """Return the sandbox without faults."""
    process.strike()
    yield process
    process.strike()


@pytest.fixture
def on_garnet(qrt: Command, sandbox: Sandbox) -> Callable[..., Ran]:
    """Return `qrt`, pointed at the sandbox."""

    def run(*arguments: str, main: str = QRT, **environment: str) -> Ran:
        return qrt(*arguments, main=main, **(sandbox.environment | environment))

    return run


@pytest.fixture
def bucket() -> Iterator[LoopbackS3]:
    """Serve an empty bucket on this machine."""
    server = LoopbackS3()
    serving = Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield server
    server.shutdown()
    server.server_close()
    serving.join()
