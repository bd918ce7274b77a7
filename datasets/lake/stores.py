"""Where immutable files are put: a local folder, or an object store reached through pyarrow."""

import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from datasets.files.url_secrets import check_url
from datasets.files.writing import make_folder, publish_file
from tasks.errors import BadInput, StorageFault

HERE = PurePosixPath()


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

    def folders(self, folder: PurePosixPath) -> Iterator[str]:
        """Name the folders directly in a folder; none where it is missing."""
        ...


@dataclass(frozen=True, slots=True)
class LocalStore:
    """A folder whose files are written whole, each name once."""

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
        make_folder(final.parent)
        publish_file(final, data)

    def walk(self, folder: PurePosixPath = HERE) -> Iterator[PurePosixPath]:
        """List every file of a folder, hidden ones too.

        Raises:
            StorageFault: a folder cannot be listed: it would be taken to be empty.
        """
        for place, subfolders, names in os.walk(self.root / folder, onerror=self._refuse):
            subfolders.sort()
            inside = PurePosixPath(Path(place).relative_to(self.root).as_posix())
            for name in sorted(names):
                yield inside / name

    def folders(self, folder: PurePosixPath) -> Iterator[str]:
        """Name the folders directly in a folder.

        Raises:
            StorageFault: it cannot be listed.
        """
        try:
            with os.scandir(self.root / folder) as found:
                names = [each.name for each in found if each.is_dir()]
        except OSError as error:
            self._refuse(error)
        else:
            yield from names

    def _refuse(self, error: OSError) -> None:
        """Refuse to list what is there and cannot be; what is not there is empty."""
        if isinstance(error, (FileNotFoundError, NotADirectoryError)):
            return
        message = (
            f"{error.filename} cannot be listed: {error.strerror}. "
            f"See that you may read all of {self.root}, and try again."
        )
        raise StorageFault(message) from error


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

    def folders(self, folder: PurePosixPath) -> Iterator[str]:
        """Name what lies between a prefix and the next slash."""
        from pyarrow.fs import FileSelector

        selector = FileSelector(self._name(folder), allow_not_found=True)
        for info in self.filesystem.get_file_info(selector):
            if not info.is_file:
                yield info.base_name

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
    check_url(text, name="The URI of a lake", instead="AWS_ACCESS_KEY_ID, or a profile")
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
