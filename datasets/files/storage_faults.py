"""Storage failures as faults of one line: what failed, why, and what to do."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datasets.files.url_secrets import masked
from tasks.errors import StorageFault

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
CLOSED = {errno.EACCES, errno.EPERM}


@contextmanager
def explain(root: str | Path, *, run_id: str | None) -> Iterator[None]:
    """Turn whatever the operating system refuses inside the block into a StorageFault."""
    try:
        yield
    except OSError as error:
        raise StorageFault(_sentence(error, str(root), run_id)) from error


def _sentence(error: OSError, root: str, run_id: str | None) -> str:
    where = str(error.filename or root)
    why = masked(error.strerror or str(error).splitlines()[0])
    again = f"run `qrt resume {run_id}`" if run_id else "try again"
    if error.errno in FULL:
        return f"Cannot write {where}: {why}{_free(where)}. Free space and {again}."
    if error.errno == errno.EROFS:
        return f"Cannot write {where}: {why}. Make {root} writable and {again}."
    if error.errno in CLOSED:
        return f"Cannot use {where}: {why}. See that you may read and write {root}, and {again}."
    return f"Cannot use {where}: {why}. Mend the storage and {again}."


def _free(where: str) -> str:
    """Say how much is free where the file was to be, if that can be known."""
    folder = Path(where).absolute()
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return ""
    return f" ({free / 1e6:,.1f} MB free on its disk)" if Path(where).is_absolute() else ""
