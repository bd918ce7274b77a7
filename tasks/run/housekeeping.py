"""Remove from a home what nobody needs any more: old caches, and locks that nobody holds.

Of the lake, reports, quarantine, spool and inputs nothing goes but what killed writers have left.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from datasets.files.writing import is_stray
from datasets.home import Home
from datasets.journal.claims import claims_at
from datasets.records.executions import RunId
from tasks.context.runtime import Runtime

_STRAY_AGE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was removed."""

    cache_files: int
    cache_bytes: int
    claims: int
    strays: int = 0


def tidy(runtime: Runtime, *, older_than: timedelta) -> Tidied:
    """Remove cached files that nobody has read or written for so long, abandoned locks and strays.

    A lock goes only where its run has no unsettled work and this process could take it.
    """
    before_s = time.time() - older_than.total_seconds()
    old = [path for path in runtime.home.cache.rglob("*") if _is_old(path, before_s)]
    size = sum(path.stat().st_size for path in old)
    for path in old:
        path.unlink(missing_ok=True)
    return Tidied(len(old), size, _drop_claims(runtime), _drop_strays(runtime.home))


def _drop_strays(home: Home) -> int:
    """Remove files of writers that were killed over a day ago; no writer takes that long."""
    before_s = time.time() - _STRAY_AGE.total_seconds()
    kept = (home.reports, home.quarantine, home.spool, home.inputs, home.cache, home.root / "lake")
    left = [
        path
        for folder in kept
        for path in folder.rglob(".*")
        if is_stray(path.name) and _is_old(path, before_s)
    ]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _is_old(path: Path, before_s: float) -> bool:
    if not path.is_file():
        return False
    found = path.stat()
    return max(found.st_atime, found.st_mtime) < before_s


def _drop_claims(runtime: Runtime) -> int:
    """Take each lock and let go of it: that removes the file, while nobody else can hold it."""
    home, dropped = runtime.home, 0
    claims = claims_at(home.journal, folder=home.claims)
    unsettled = {run.run_id for run in runtime.journal.unsettled()}
    for path in home.claims.glob("*.lock"):
        run_id = RunId(path.stem)
        taken = None if run_id in unsettled else claims.take(run_id)
        if taken is not None:
            taken.release()
            dropped += 1
    return dropped
