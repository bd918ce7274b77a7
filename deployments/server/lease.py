"""Who serves a home: one process at a time, found by all others, gone when it is.

It holds a lock on a file that says where it serves. The lock ends with the process, however that
ends; a file that nobody has locked says nothing.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from datasets.files.writing import make_folder, open_shared
from datasets.home import Home
from deployments.server.environment import prefect_home
from deployments.server.password import given
from tasks.errors import BadInput


@dataclass(frozen=True, slots=True)
class Serving:
    """The server of a home; `url` is that of its API, `pid` the process that keeps it.

    `password` says who has it: the home, or whoever set it in the environment of `qrt up`. A server
    of an earlier release has none.
    """

    pid: int
    url: str
    password: Literal["", "home", "environment"] = ""

    @property
    def ui(self) -> str:
        """The address for people."""
        return self.url.removesuffix("/api")


def serving(home: Home) -> Serving | None:
    """Return who serves the home, if anybody does; it may still be starting."""
    try:
        with _path(home).open() as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return Serving(**json.load(stream))
    except (OSError, ValueError, TypeError):
        return None  # there is none, or it has just begun
    return None


@contextmanager
def serve_home(home: Home) -> Iterator[Callable[[str], None]]:
    """Be the one that serves the home until the block ends.

    The block calls what it is given with the URL of the API, once nobody else can answer there.

    Raises:
        BadInput: another one does.
    """
    path = _path(home)
    make_folder(path.parent)
    with open_shared(path) as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(_taken(home)) from None
        stream.truncate(0)

        def announce(url: str) -> None:
            made = Serving(os.getpid(), url, "environment" if given() else "home")
            stream.write(json.dumps(asdict(made)))
            stream.flush()

        yield announce
        stream.truncate(0)


def _path(home: Home) -> Path:
    return prefect_home(home) / "serving.json"


def _taken(home: Home) -> str:
    found = serving(home)
    where = f"at {found.ui} (process {found.pid})" if found else "by another process"
    return (
        f"{home.root} is served {where} already. Use that one, or set QRT_HOME to another folder."
    )
