"""One process at a time works on a run; the claim ends with the process, however it ends."""

import fcntl
import os
from typing import TextIO

from datasets.layout import Home
from datasets.records.executions import RunId
from tasks.errors import BadInput

_held: dict[RunId, TextIO] = {}


def claim(run_id: RunId, *, home: Home) -> None:
    """Claim a run for this process.

    Raises:
        BadInput: another process is working on it.
    """
    if run_id in _held:
        return
    folder = home.root / "claims"
    folder.mkdir(exist_ok=True)
    stream = (folder / f"{run_id}.lock").open("a+")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        stream.seek(0)
        owner = stream.read().strip() or "another process"
        stream.close()
        message = (
            f"Run {run_id} is being worked on by process {owner}. "
            f"Wait for it, or end it; then `qrt resume {run_id}`."
        )
        raise BadInput(message) from error
    stream.truncate(0)
    stream.write(str(os.getpid()))
    stream.flush()
    _held[run_id] = stream


def is_held(run_id: RunId) -> bool:
    """Whether this process has claimed the run."""
    return run_id in _held


def is_claimed(run_id: RunId, *, home: Home) -> bool:
    """Whether some process is working on the run."""
    path = home.root / "claims" / f"{run_id}.lock"
    if run_id in _held or not path.exists():
        return run_id in _held
    with path.open() as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def release(run_id: RunId, *, home: Home) -> None:
    """Let go of a run that is done."""
    stream = _held.pop(run_id, None)
    if stream is not None:
        (home.root / "claims" / f"{run_id}.lock").unlink(missing_ok=True)
        stream.close()
