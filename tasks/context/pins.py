"""What a run was given, pinned by digest in the journal: it goes on with that, or not at all.

The journal keeps what is small, the lake what is large, and the home a copy of both. Whoever goes
on with a run, in whichever home, gets what the run was given when it first asked, whatever has
become of the file that was named.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from datasets.files.writing import make_folder, move_file, replace_file
from datasets.journal.contents import GIVEN_UP, packed
from datasets.lake.lake import Lake
from datasets.records.executions import RunId
from tasks.errors import StorageFault

if TYPE_CHECKING:
    from datasets.journal.journal import Journal


class Keeping(Protocol):
    """Where what is read for a run is kept, so that it is read once."""

    def text(self, name: str, make: Callable[[], str]) -> str:
        """Return a text as it was read first; that is what `make` returns, if never before."""
        ...

    def file(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return a file as it was made first; `make` writes it, if it never was before."""
        ...

    def fact(self, name: str, text: str, *, before: str) -> str:
        """Return a text that is kept before the input `before`; empty if that was there first."""
        ...


@dataclass(frozen=True, slots=True)
class Aside:
    """What is read for a look ahead, in a folder that goes afterwards."""

    folder: Path

    def text(self, name: str, make: Callable[[], str]) -> str:
        """Return what `make` returns."""
        del name
        return make()

    def file(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return the file that `make` writes."""
        path = self.folder / name
        make(path)
        return path

    def fact(self, name: str, text: str, *, before: str) -> str:
        """Return the text."""
        del name, before
        return text


@dataclass(frozen=True, slots=True)
class Pins:
    """The inputs of one run; `folder` has copies of them."""

    run_id: RunId
    folder: Path
    journal: "Journal"
    lake: Lake

    def text(self, name: str, make: Callable[[], str], *, late: bool = False) -> str:
        """Return an input as the run was first given it; that is what `make` returns at first.

        What is `late` may be asked for first when the run has begun to measure.

        Raises:
            StorageFault: the run has begun to measure, and this input of it is nowhere to be had.
        """
        found = self.find(name)
        if found is None:
            if not late:
                self._check_new(name)
            content = make().encode()
            found = self._content(name, self._pin(name, content), near=content)
        return found.decode()

    def file(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return the copy of a file that the run was first given; `make` writes it at first.

        Raises:
            StorageFault: the run has begun to measure, and this input of it is nowhere to be had.
        """
        path, digest = self.folder / name, self.journal.pinned(self.run_id).get(name)
        if digest is None:
            if not path.exists():
                self._check_new(name)
                make_folder(path.parent)
                make(path)
            self._pin(name, path.read_bytes())
        elif _digest_of(path) != digest:  # files are never given up
            self._copy(name, self._far(name, digest))
        return path

    def fact(self, name: str, text: str, *, before: str) -> str:
        """Return a text that is pinned before the input `before`.

        It is empty for a run that has that input already: its release knew no such text.
        """
        found = self.find(name)
        if found is None:
            content = b"" if self.find(before) is not None else text.encode()
            found = self._content(name, self._pin(name, content), near=content)
        return found.decode()

    def find(self, name: str) -> bytes | None:
        """Return an input that was pinned, or that a run of before has a copy of; else nothing.

        Raises:
            StorageFault: it was pinned, and is nowhere to be had.
        """
        near, digest = self._near(name), self.journal.pinned(self.run_id).get(name)
        if digest is None and near is not None:
            digest = self._pin(name, near)
        return self._content(name, digest, near=near) if digest else None

    def replace(self, name: str, text: str) -> None:
        """Pin a text in place of the one that has the name."""
        content = text.encode()
        digest = hashlib.sha256(content).hexdigest()
        small = self._kept_far(digest, content)
        self.journal.repin(self.run_id, name, digest, content=small)
        self._copy(name, content)

    def names(self, beginning: str) -> list[str]:
        """Return the names that begin so, in order: those that were pinned, and those of copies."""
        pinned = self.journal.pinned(self.run_id)
        files = (path for path in self.folder.rglob("*") if path.is_file())
        copies = {path.relative_to(self.folder).as_posix() for path in files}
        every = (name for name in {*pinned, *copies} if pinned.get(name) != GIVEN_UP)
        return sorted(name for name in every if name.startswith(beginning))

    def give_names(self, names: dict[str, str]) -> None:
        """Give inputs other names; those that there are not are left out."""
        for old in names:
            self.find(old)  # a copy of before is pinned first
        self.journal.rename_pins(self.run_id, list(names.items()))
        for old, new in names.items():
            if (self.folder / old).exists():
                move_file(self.folder / old, self.folder / new)

    def _check_new(self, name: str) -> None:
        if not self.journal.takes_inputs(self.run_id):
            message = (
                f"Run {self.run_id} was given {name}, which is neither in {self.folder} nor in its "
                "journal and lake. Restore that folder, or start a new run."
            )
            raise StorageFault(message)

    def _pin(self, name: str, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        small = self._kept_far(digest, content)
        return self.journal.pin(self.run_id, name, digest, content=small)

    def _kept_far(self, digest: str, content: bytes) -> bytes | None:
        """Return what the journal is to keep; what is too large for it goes to the lake first."""
        small = packed(content)
        if small is None:
            self.lake.keep_input(digest, content)
        return small

    def _content(self, name: str, digest: str, *, near: bytes | None) -> bytes:
        """Return the content of a digest: the copy if it is that, else from journal or lake."""
        if near is not None and hashlib.sha256(near).hexdigest() == digest:
            if not (self.folder / name).exists():
                self._copy(name, near)
            return near
        found = self._far(name, digest)
        self._copy(name, found)
        return found

    def _far(self, name: str, digest: str) -> bytes:
        found = self.journal.content(digest)
        if found is None:
            found = self.lake.find_input(digest)
        if found is None:
            message = (
                f"Run {self.run_id} was given {name} (sha256 {digest:.12}...), which is neither "
                f"in {self.folder} nor in its journal and lake. Restore it there."
            )
            raise StorageFault(message)
        return found

    def _near(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            message = f"{self.folder / name} cannot be read: {error.strerror}. Mend its rights."
            raise StorageFault(message) from error

    def _copy(self, name: str, content: bytes) -> None:
        path = self.folder / name
        try:
            make_folder(path.parent)
            replace_file(path, content)
        except OSError as error:
            message = f"{path} cannot be written: {error.strerror}. Make room for it."
            raise StorageFault(message) from error


def _digest_of(path: Path) -> str:
    """Return the digest of a file of any size; of one that is not there, none."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
