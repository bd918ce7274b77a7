"""A server, everything registered on it, and a worker: until somebody says stop."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Final

from datasets.files.home_rights import close_to_others
from datasets.home import Home
from deployments.server.address import listening
from deployments.server.children import Child
from deployments.server.environment import of_server, of_worker, prefect_home
from deployments.server.lease import serve_home
from deployments.server.password import password_to_ask
from deployments.server.process import ServerProcess
from deployments.server.reports import report_line
from tasks.core.text.shortening import fault_line
from tasks.errors import RuntimeFault, StorageFault

RESTART_AFTER_S: Final = 5.0  # a worker that cannot live is not started in a circle
OUTCOME_EVERY_S: Final = 45.0
_LOOK_EVERY_S: Final = 0.2
_SHOWN: Final = 300  # characters of a fault


@dataclass(slots=True)
class System:
    """What `qrt up` keeps running for a home."""

    home: Home
    port: int
    pool: str
    runs_at_once: int
    say: Callable[[str], None]
    password: str = field(repr=False)
    _server: ServerProcess | None = None
    _worker: Child | None = None
    _began_s: float = field(default_factory=time.monotonic)

    @property
    def url(self) -> str:
        """The address of the API."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def worker_name(self) -> str:
        """What the worker of this home is called: it takes up what one of that name left."""
        return f"qrt-{self.home.root.name}"

    def start_server(self, listener: socket.socket) -> None:
        """Start the server on a socket that is ours, and do not wait."""
        self._server = ServerProcess(
            listener,
            environment=of_server(self.home, url=self.url, password=self.password),
            log=self.home.logs / "prefect-server.log",
            heard=self._hear,
        )

    def server_ready(self) -> None:
        """Wait for the server.

        Raises:
            StorageFault: it does not start; its log says why.
        """
        if self._server is None or not self._server.answers():
            raise StorageFault(_ended("server", self._server, "does not start"))
        # Prefect's copy of its UI has the rights of where it was installed.
        close_to_others(prefect_home(self.home) / "ui", deep=True)
        self.tell("server answers")

    def start_worker(self) -> None:
        """Start the worker, and do not wait."""
        self._worker = Child(
            "deployments.server.worker",
            self.pool,
            self.worker_name,
            str(self.runs_at_once),
            environment=of_worker(self.home, url=self.url, password=self.password),
            log=self.home.logs / "prefect-worker.log",
        )

    def tell(self, text: str) -> None:
        """Say what has been reached, and when."""
        self.say(f"{text} ({time.monotonic() - self._began_s:.1f} s)")

    def check(self) -> bool:
        """Say whether the worker is to be started again.

        Raises:
            StorageFault: the server has ended.
        """
        if not self._lives(self._server):
            raise StorageFault(_ended("server", self._server, "has ended"))
        return self._worker is not None and not self._lives(self._worker)

    def bury_worker(self) -> None:
        """End the flows that a dead worker has left."""
        if self._worker:
            self._worker.stop()

    def stop(self) -> None:
        """Stop what was started, the worker first."""
        for child in (self._worker, self._server):
            if child:
                child.stop()

    def _hear(self, said: dict[str, Any]) -> None:
        if text := report_line(said, log=self.home.logs / "prefect-server.log"):
            self.tell(text)

    @staticmethod
    def _lives(child: Child | ServerProcess | None) -> bool:
        return child is not None and child.alive


@contextmanager
def system(
    home: Home, *, port: int, pool: str, runs_at_once: int, say: Callable[[str], None]
) -> Iterator[System]:
    """Yield a system whose server is starting; it ends with the block.

    Raises:
        BadInput: somebody serves this home or listens on the port, or the password is none.
        StorageFault: the home's password cannot be made.
    """
    made = System(home, port, pool, runs_at_once, say, password_to_ask(home))
    with serve_home(home) as announce, listening(port) as listener:
        announce(made.url)
        made.start_server(listener)
        try:
            yield made
        finally:
            made.stop()


def keep(
    running: System,
    *,
    prepare: Callable[[], None],
    take_up: Callable[[], None],
    look: Callable[[], str],
    stopped: threading.Event,
) -> None:
    """Prepare, then look after the system until it is stopped.

    Both go on in threads: a signal is heard at once, whatever they are at. A worker that has died
    is started again, after `take_up` has seen to what it was working on. What `look` finds amiss,
    once in a while, is said.

    Raises:
        RuntimeFault: what `prepare` raised.
        StorageFault: the server has ended, or does not do what it is asked.
    """
    work = _Work(prepare)
    while not _is_done(work, running=running) and not stopped.wait(_LOOK_EVERY_S):
        running.check()
    threading.Thread(target=_look, args=(running, look, stopped), daemon=True).start()
    while not stopped.wait(_LOOK_EVERY_S):
        if running.check():
            running.tell("the worker has died and is started again")
            running.bury_worker()
            if stopped.wait(RESTART_AFTER_S):
                return
            take_up()
            running.start_worker()


def _is_done(work: "_Work", *, running: System) -> bool:
    """Whether it is; a fault that is not of ours is one of the server."""
    try:
        return work.done
    except RuntimeFault:
        raise
    except Exception as fault:
        running.check()  # it has ended, and that is all
        reason = fault_line(fault, _SHOWN)
        message = f"The Prefect server does not take what is registered ({reason})."
        raise StorageFault(message) from fault


def _look(running: System, look: Callable[[], str], stopped: threading.Event) -> None:
    """Say what is amiss when it is found twice in a row, and when it is over."""
    before = said = ""
    while not stopped.wait(OUTCOME_EVERY_S):
        try:
            found = look()
        except Exception:  # noqa: BLE001, S112 - the server is busy, or has ended, which is said elsewhere
            continue
        if found and found == before and found != said:
            running.tell(found)
            said = found
        elif said and not found and not before:
            running.tell("what was amiss is over")
            said = ""
        before = found


class _Work:
    """Something that goes on in a thread; `done` raises what it raised."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        if self._thread.is_alive():
            return False
        if self._fault:
            raise self._fault
        return True

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as fault:  # noqa: BLE001 - the thread that waits raises it
            self._fault = fault


def stop_on_signals() -> threading.Event:
    """Return what Ctrl-C and SIGTERM set from now on."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return stopped


def _ended(what: str, child: Child | ServerProcess | None, how: str) -> str:
    log = f" {child.log} says why." if child else ""
    return f"The Prefect {what} {how}.{log}"
