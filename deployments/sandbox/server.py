"""Serve a sandbox on one port of this machine, until it is interrupted."""

import fcntl
import socket
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from datasets.files.writing import make_folder, open_shared
from deployments.sandbox.fault_model import Fault
from deployments.sandbox.settings import Settings
from tasks.errors import BadInput

_BACKLOG = 2048  # connections that may wait: clients come in crowds


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    faults: Iterable[Fault] = (),
    announce: Callable[[], object] = bool,
) -> None:
    """Serve until interrupted; call `announce` when clients can connect.

    Raises:
        BadInput: the port is taken, or another sandbox works in the folder.
    """
    import uvicorn

    from deployments.sandbox.app import create_app
    from deployments.sandbox.connection import Connection
    from deployments.sandbox.state import State
    from deployments.server.guard import Guard

    warnings.filterwarnings("ignore", module="braket")  # advice for people who simulate
    sys.setswitchinterval(0.0005)  # answers need not wait 5 ms for a simulation to pause
    make_folder(settings.folder)
    with _alone(settings.folder), _bound(host, port) as listener:
        state = State.open(settings)
        state.faults.add(faults)
        listener.listen(_BACKLOG)
        announce()
        config = uvicorn.Config(
            Guard(create_app(state), _hosts(host, port)),
            http=Connection,
            loop="asyncio",
            log_level="critical",
            access_log=False,
            backlog=_BACKLOG,
            timeout_graceful_shutdown=1,
        )
        with suppress(KeyboardInterrupt):  # the way to end it
            uvicorn.Server(config).run(sockets=[listener])
        state.store.close()


def _hosts(host: str, port: int) -> frozenset[str]:
    """Return the names that clients may have for it: its address, and this machine's where open."""
    from deployments.server.guard import hosts_of

    names = () if host.startswith("127.") else (socket.gethostname().lower(),)
    return hosts_of(port) | {f"{name}:{port}" for name in (host.lower(), *names)}


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    # Named as TCP, so that asyncio turns off the 40 ms that Nagle would wait before each answer.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            message = f"Port {port} of {host} cannot be used ({error.strerror}). Choose another."
            raise BadInput(message) from error
        yield listener


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with open_shared(folder / "sandbox.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"Another sandbox works in {folder}. Stop it, or choose another --folder."
            raise BadInput(message) from error
        yield
