"""The one writer of files: aside under a name of its own, flushed to disk, then renamed.

A reader sees a whole file or none, whoever else writes it at the same moment. Files are for their
owner alone, and so are folders that are made, whatever the umask. A writer that is killed leaves a
hidden file that `is_stray` knows; nothing reads it.
"""

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
STRAY_SUFFIX: Final = ".tmp"
# Links are what publishes without overwriting; some network and USB file systems have none.
NO_LINKS: Final = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}

_SHOWN: Final = 40  # characters of a file's name that its stray keeps


def replace_file(path: Path, content: str | bytes) -> None:
    """Write a file, in place of any other one of this name.

    Raises:
        OSError: the disk refuses; what was there stays as it was.
    """
    with writing(path) as stream:
        stream.write(_encoded(content))


def publish_file(path: Path, content: str | bytes) -> None:
    """Write a file whose name nobody has taken.

    Raises:
        FileExistsError: there is one already, which stays as it was.
        OSError: the disk refuses.
    """
    with writing(path, replace=False) as stream:
        stream.write(_encoded(content))


@contextmanager
def writing(path: Path, *, replace: bool = True) -> Iterator[IO[bytes]]:
    """Yield a stream whose content is the file once the block has ended without a fault.

    Raises:
        FileExistsError: the name is taken, and it may not be replaced.
        OSError: the disk refuses.
    """
    aside = path.with_name(f".{path.stem[:_SHOWN]}.{uuid.uuid4().hex}{STRAY_SUFFIX}")
    try:
        with os.fdopen(_private(aside, os.O_WRONLY | os.O_EXCL), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if replace:
            aside.replace(path)
        else:
            _reveal(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(path.parent)


def move_file(path: Path, to: Path) -> None:
    """Give a file another name in its folder, once what is in it is on disk."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
    path.replace(to)
    sync_folder(to.parent)


def open_shared(path: Path) -> IO[str]:
    """Return a stream to a file that stays open: a lock, or what only its holder changes."""
    return os.fdopen(_private(path, os.O_RDWR | os.O_APPEND), "a+")


def open_log(path: Path) -> IO[bytes]:
    """Return a stream behind what is in a log."""
    return os.fdopen(_private(path, os.O_WRONLY | os.O_APPEND), "ab")


def reserve_file(path: Path) -> None:
    """Make an empty file where there is none, before a library opens it with wider rights."""
    os.close(_private(path, os.O_RDWR))


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, where they are not there."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(FOLDER_MODE, exist_ok=True)
        sync_folder(each.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_stray(name: str) -> bool:
    """Whether a file of this name is what a writer has left that was killed."""
    return name.startswith(".") and name.endswith(STRAY_SUFFIX)


def _private(path: Path, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _reveal(aside: Path, path: Path) -> None:
    """Give a finished file its name, unless the name is taken."""
    try:
        os.link(aside, path)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        aside.replace(path)
