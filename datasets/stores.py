"""Where immutable files are put: a local folder, or an object store reached through pyarrow."""

import errno
import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from tasks.errors import BadInput

STRAY_SUFFIX = ".tmp"
HERE = PurePosixPath()
# Links are what publishes without overwriting; some network and USB file systems have none.
NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


class Store(Protocol):
    """Files that appear whole or not at all, and never change."""

    def locate(self, path: PurePosixPath) -> str:
        """Return the full name of a file, for people."""
        ...

    def read(self, path: PurePosixPath) -> bytes:
        """Return a file's bytes; FileNotFoundError when there is none."""
        ...

    def publish(self, path: PurePosixPath, data: bytes) -> None:
        """Make a file appear at once; FileExistsError when there is one already."""
        ...

    def walk(self, folder: PurePosixPath = HERE) -> Iterator[PurePosixPath]:
        """List every file of a folder, hidden ones too, in the order of their names."""
        ...


@dataclass(frozen=True, slots=True)
class LocalStore:
    """A folder: write aside under a hidden name, fsync, link, fsync the folder."""

    root: Path

    def locate(self, path: PurePosixPath) -> str:
        """Return the absolute path."""
        return str(self.root / path)

    def read(self, path: PurePosixPath) -> bytes:
        """Return a file's bytes."""
        return (self.root / path).read_bytes()

    def publish(self, path: PurePosixPath, data: bytes) -> None:
        """Make a file appear at once; a fault or a kill leaves no file under its name."""
        final = self.root / path
        made = _make_folder(final.parent)
        aside = final.parent / f".{final.stem[:60]}.{uuid.uuid4().hex}{STRAY_SUFFIX}"
        try:
            _write_through(aside, data)
            _reveal(aside, final)
        finally:
            aside.unlink(missing_ok=True)
        for folder in (final.parent, *made):
            _sync_folder(folder)

    def walk(self, folder: PurePosixPath = HERE) -> Iterator[PurePosixPath]:
        """List every file of a folder, hidden ones too."""
        for place, subfolders, names in os.walk(self.root / folder):
            subfolders.sort()
            inside = PurePosixPath(Path(place).relative_to(self.root).as_posix())
            for name in sorted(names):
                yield inside / name


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """An object store, where a put is all or nothing by itself.

    Two writers of different content under one name at the same moment are not told apart: pyarrow
    has no conditional put. Names are digests or hold the run, so this takes a bug elsewhere.
    """

    filesystem: Any
    prefix: str

    def locate(self, path: PurePosixPath) -> str:
        """Return the bucket, prefix and path."""
        return f"{self.filesystem.type_name}://{self.prefix}/{path}"

    def read(self, path: PurePosixPath) -> bytes:
        """Return an object's bytes."""
        with self.filesystem.open_input_stream(self._name(path)) as stream:
            return bytes(stream.read())

    def publish(self, path: PurePosixPath, data: bytes) -> None:
        """Put an object unless its name is taken."""
        from pyarrow.fs import FileType

        name = self._name(path)
        if self.filesystem.get_file_info(name).type != FileType.NotFound:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
        with self.filesystem.open_output_stream(name) as stream:
            stream.write(data)

    def walk(self, folder: PurePosixPath = HERE) -> Iterator[PurePosixPath]:
        """List every object of a folder."""
        from pyarrow.fs import FileSelector

        selector = FileSelector(self._name(folder), recursive=True, allow_not_found=True)
        for info in sorted(self.filesystem.get_file_info(selector), key=lambda one: one.path):
            if info.is_file:
                yield PurePosixPath(info.path).relative_to(self.prefix)

    def dataset(self, paths: Sequence[PurePosixPath], columns: Any) -> Any:
        """Return the rows of some objects as a dataset that DuckDB reads lazily."""
        import pyarrow.dataset as ds

        names = [self._name(path) for path in paths]
        return ds.dataset(names, columns, format="parquet", filesystem=self.filesystem)

    def _name(self, path: PurePosixPath) -> str:
        return str(PurePosixPath(self.prefix, path))


def open_store(root: str | Path) -> Store:
    """Return the store of a lake's root.

    Raises:
        BadInput: the root is a URI of another kind than `s3://`, or a wrong one.
    """
    text = str(root)
    if "://" not in text:
        return LocalStore(Path(text).expanduser().absolute())
    if not text.startswith("s3://"):
        message = f"A lake is a folder or an s3://bucket/prefix URI; got {text}. Choose one."
        raise BadInput(message)
    from pyarrow.fs import FileSystem

    try:
        filesystem, prefix = FileSystem.from_uri(text)
    except ValueError as error:
        message = f"{text} is no s3:// URI ({error}). Write s3://bucket/prefix."
        raise BadInput(message) from error
    if not prefix:
        message = f"{text} names no bucket. Write s3://bucket/prefix."
        raise BadInput(message)
    return ObjectStore(filesystem, prefix.rstrip("/"))


def _make_folder(folder: Path) -> tuple[Path, ...]:
    """Make a folder and return the folders that got a new entry by it."""
    grown = []
    missing = folder
    while not missing.exists():
        missing = missing.parent
        grown.append(missing)
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(grown)


def _write_through(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _reveal(aside: Path, final: Path) -> None:
    """Give a finished file its name, unless the name is taken."""
    try:
        os.link(aside, final)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if final.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final)) from error
        aside.replace(final)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
