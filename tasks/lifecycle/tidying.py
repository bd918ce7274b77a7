"""Remove from a home what nobody needs any more: old caches, and locks that nobody holds.

Never touched: the lake, the journal, reports, quarantine, spool and inputs.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from datasets.journal.claims import claims_at
from datasets.records.executions import RunId
from tasks.lifecycle.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was removed."""

    cache_files: int
    cache_bytes: int
    claims: int


def tidy(runtime: Runtime, *, older_than: timedelta) -> Tidied:
    """Remove cached files that nobody has read or written for so long, and abandoned locks.

    A lock goes only where its run has no unsettled work and this process could take it.
    """
    before_s = time.time() - older_than.total_seconds()
    old = [path for path in runtime.home.cache.rglob("*") if _is_old(path, before_s)]
    size = sum(path.stat().st_size for path in old)
    for path in old:
        path.unlink(missing_ok=True)
    return Tidied(len(old), size, _drop_claims(runtime))


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
