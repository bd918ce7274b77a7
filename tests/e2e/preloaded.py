"""Fork a process for each command from one that has imported everything heavy already.

Usage: python -m tests.e2e.preloaded SOCKET
A client sends a request with three open files to be its standard streams, then a byte for each
signal that the process is to get; it receives the exit code, as Popen would give it.

This process has no second Python thread, no connection and no client of anything, so there is
nothing that a fork could tear in two. OpenBLAS and jemalloc (pyarrow's) have threads of their own,
which they start anew in the child; numba's kernels are compiled to serial code.
"""

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

STREAMS = 3
MAX_REQUEST = 1 << 20
# Read by the interpreter or a library when it starts: too late for a child.
READ_AT_START = ("PYTHON", "NUMBA_", "OPENBLAS_", "OMP_", "LD_")
HEAVY = (
    "deployments.cli.main",
    "deployments.cli.running",
    "deployments.sandbox.app",
    "deployments.sandbox.connection",
    "flows.vqe",
    "flows.qaoa",
    "tests.e2e.killed",
    "prefect.flow_engine",
    "prefect.task_engine",
    "prefect.client.orchestration",
    "prefect.events.worker",
    "prefect.logging.handlers",
    "prefect.utilities.visualization",
    "anyio._backends._asyncio",
    "opentelemetry.metrics",
    "boto3.s3.inject",
    "great_expectations",
    "pandas",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "numba.np.linalg",
    "numba.typed.typeddict",
    "numba.experimental.function_type",
    "qiskit.transpiler.passes.synthesis.hls_plugins",
    "scipy.optimize",
    "sqlalchemy.dialects.sqlite",
)


@dataclass(frozen=True, slots=True)
class Request:
    """A process to be: `main` is a function, `module:name`, that reads `sys.argv`.

    The environment names a Prefect server: a child cannot make Prefect's settings follow one that
    it starts itself.
    """

    main: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    folder: str

    def encoded(self) -> bytes:
        """Return the request as it is sent."""
        return json.dumps(asdict(self)).encode()


def read_at_start(environment: dict[str, str]) -> set[tuple[str, str]]:
    """Return the variables that a child would learn of too late."""
    return {item for item in environment.items() if item[0].startswith(READ_AT_START)}


@dataclass(slots=True)
class Server:
    """Forks for clients; `serve` returns in each child, and never in the parent."""

    listener: socket.socket
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    children: dict[int, socket.socket] = field(default_factory=dict)

    def serve(self) -> Request:
        """Serve until standard input closes; return what a child is to be."""
        woken, wake = socket.socketpair()
        for end in (woken, wake):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno())
        self._watch(self.listener, self._accept)
        self._watch(woken, lambda: self._reap(woken))
        self._watch(sys.stdin, self._leave)
        while True:
            for key, _ in self.selector.select():
                if request := key.data():
                    self.selector.close()
                    for mine in (woken, wake, self.listener, *self.children.values()):
                        mine.close()
                    return request  # type: ignore[no-any-return]  # of the child's _accept

    def _watch(self, file: Any, hear: Callable[[], Request | None]) -> None:
        self.selector.register(file, selectors.EVENT_READ, hear)

    def _accept(self) -> Request | None:
        client, _ = self.listener.accept()
        data, files, _, _ = socket.recv_fds(client, MAX_REQUEST, STREAMS)
        request = Request(**json.loads(data))
        child = os.fork()
        if child == 0:
            client.close()
            for number, file in enumerate(files):
                os.dup2(file, number)
        for file in files:
            os.close(file)
        if child == 0:
            return request
        self.children[child] = client
        self._watch(client, lambda: self._pass_on(child))
        return None

    def _pass_on(self, child: int) -> None:
        """Give the child the client's signals; a client that is gone has no use for its process."""
        for number in self.children[child].recv(16) or bytes([signal.SIGKILL]):
            os.kill(child, number)

    def _reap(self, woken: socket.socket) -> None:
        woken.recv(1024)
        for child in tuple(self.children):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                client = self.children.pop(child)
                self.selector.unregister(client)
                with client:
                    client.sendall(str(os.waitstatus_to_exitcode(status)).encode())

    def _leave(self) -> None:
        for child in self.children:
            os.kill(child, signal.SIGKILL)
        os._exit(0)


def preload() -> None:
    """Import what commands import, and make sure that nothing runs beside this thread."""
    for name in HEAVY:
        importlib.import_module(name)
    from tasks.backends.engine import stock
    from tasks.backends.engine.program import Program

    stock.state(
        Program(1, (), (0,)), {}, noisy=True
    )  # the sandbox's simulator compiles its kernels
    assert threading.enumerate() == [threading.main_thread()]
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, every page in every child


def become(request: Request) -> Callable[[], object]:
    """Make this process look as if it had been started for the request; return its function."""
    import numpy as np
    from prefect.context import refresh_global_settings_context
    from prefect.logging.configuration import PROCESS_LOGGING_CONFIG, setup_logging

    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    sys.argv = [request.main, *request.arguments]
    np.random.seed()  # noqa: NPY002 - of those who use it; `random` sees to itself
    refresh_global_settings_context()
    PROCESS_LOGGING_CONFIG.clear()
    setup_logging()
    module, _, name = request.main.partition(":")
    function: Callable[[], object] = getattr(importlib.import_module(module), name)
    return function


def main() -> None:
    """Serve; in each child, run what was asked for and end as its process would."""
    path = Path(sys.argv[1])
    preload()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(f"{path}.new")
    listener.listen(64)
    Path(f"{path}.new").rename(path)  # it is there when it listens
    sys.exit(become(Server(listener).serve())())  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
