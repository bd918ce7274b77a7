"""One server at a time makes or migrates the Prefect database of a home; others wait for it.

Prefect's own migration is not safe against a second one beside it. A database that a server of the
same release has opened before is not migrated, so that nobody waits.
"""

import fcntl
import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final

from datasets.files.writing import make_folder, open_shared, replace_file

_DATABASE: Final = "PREFECT_API_DATABASE_CONNECTION_URL"


def begin() -> Callable[[], None]:
    """Wait for this process' turn; the caller calls what is returned once its server answers.

    The turn ends with the process, however that ends.
    """
    folder = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect")
    make_folder(folder)
    if _is_migrated(folder):
        return lambda: None
    turn = open_shared(folder / "migration.lock")
    fcntl.flock(turn, fcntl.LOCK_EX)
    if _is_migrated(folder):
        turn.close()
        return lambda: None

    def started() -> None:
        if not os.environ.get(_DATABASE):
            replace_file(_stamp(folder), _state(folder))
        turn.close()

    return started


def _is_migrated(folder: Path) -> bool:
    if os.environ.get(_DATABASE):
        return False  # it is elsewhere; what has become of it there is not known here
    try:
        return _stamp(folder).read_text(encoding="utf-8") == _state(folder)
    except OSError:
        return False


def _state(folder: Path) -> str:
    """Return what tells this release and this database from others."""
    return f"{version('prefect')} {(folder / 'prefect.db').stat().st_ino}"


def _stamp(folder: Path) -> Path:
    return folder / "migrated"
