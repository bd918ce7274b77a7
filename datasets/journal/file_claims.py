"""Claims of a SQLite journal: file locks, which end with the process."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from datasets.files.writing import make_folder, open_shared
from datasets.journal.engines import working
from datasets.records.names import file_part
from tasks.errors import StorageFault


@dataclass(frozen=True, slots=True)
class FileClaim:
    """A locked file with the number of the process in it, and the run that it is for."""

    path: Path
    stream: IO[str]

    def stands(self) -> bool:
        """Only this process ends it."""
        return not self.stream.closed

    def release(self) -> None:
        """Remove the file while it is locked, so that nobody can remove another's."""
        self.path.unlink(missing_ok=True)
        self.stream.close()


@dataclass(frozen=True, slots=True)
class FileClaims:
    """One file a claim, in a folder of this machine."""

    folder: Path

    def take(self, name: str, *, by: str = "") -> FileClaim | None:
        """Claim a name, unless another process has.

        Raises:
            StorageFault: the folder cannot be written, or its file system has no locks.
        """
        try:
            make_folder(self.folder)
            return self._take(name, by)
        except OSError as error:
            message = (
                f"{name} cannot be claimed in {self.folder}: {error.strerror}. "
                "Check the space and rights there, or set QRT_HOME to another folder."
            )
            raise StorageFault(message) from error

    def holder(self, name: str) -> str | None:
        """Say who has claimed it, if anybody has."""
        path = self._path(name)
        while True:
            try:
                stream = path.open()
            except FileNotFoundError:
                return None
            with stream:
                # A shared lock: two that only look do not take each other for an owner.
                free = _lock(stream, fcntl.LOCK_SH)
                if _is(stream, path):
                    return None if free else _owner(stream)

    def _take(self, name: str, by: str) -> FileClaim | None:
        path = self._path(name)
        while True:
            stream = open_shared(path)
            if not _lock(stream, fcntl.LOCK_EX):
                stream.close()
                if self.holder(name) is not None:  # else somebody looked, or has just let go
                    return None
            elif _is(stream, path):
                stream.truncate(0)
                stream.write(working(by))
                stream.flush()
                return FileClaim(path, stream)
            else:
                stream.close()

    def _path(self, name: str) -> Path:
        return self.folder / f"{file_part(name)}.lock"


def _owner(stream: IO[str]) -> str:
    number = stream.read().strip()
    return f"process {number}" if number else "another process"


def _lock(stream: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(stream, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is(stream: IO[str], path: Path) -> bool:
    """Whether the path still names the open file: its last owner may have removed it meanwhile.

    Whoever locks a file that is not there any more has locked nothing.
    """
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False
