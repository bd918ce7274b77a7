"""Files are written by one writer: whole or not at all, by whomever, and for their owner alone."""

import multiprocessing
import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.files.writing import (
    is_stray,
    make_folder,
    open_log,
    open_shared,
    publish_file,
    replace_file,
    reserve_file,
    writing,
)

LENGTH = 200_000  # more than a pipe or a page takes at once


@contextmanager
def umask(value: int) -> Iterator[None]:
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


def content_of(letter: str) -> bytes:
    return letter.encode() * LENGTH


def write_often(path: Path, letter: str, times: int) -> None:
    for _ in range(times):
        replace_file(path, content_of(letter))


def read_often(path: Path, found: set[bytes], stop: threading.Event) -> None:
    while not stop.is_set():
        found.add(path.read_bytes())


def at_once(start: Callable[..., "threading.Thread"], path: Path, letters: str) -> set[bytes]:
    """Return all that readers saw while there was a writer for each letter."""
    replace_file(path, content_of(letters[0]))
    seen: set[bytes] = set()
    stop = threading.Event()
    reader = threading.Thread(target=read_often, args=(path, seen, stop))
    reader.start()
    writers = [start(target=write_often, args=(path, letter, 15)) for letter in letters]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop.set()
    reader.join()
    assert not any(getattr(writer, "exitcode", 0) for writer in writers)
    return seen | {path.read_bytes()}


@pytest.mark.parametrize("letters", ["aaaaaaaa", "abcdefgh"])
@pytest.mark.parametrize(
    "start", [threading.Thread, multiprocessing.get_context("spawn").Process], ids=str
)
def test_writers_at_the_same_time_leave_one_whole_content_and_nothing_else(
    start: Callable[..., threading.Thread], letters: str, tmp_path: Path
) -> None:
    seen = at_once(start, tmp_path / "kept.json", letters)
    assert seen <= {content_of(letter) for letter in letters}
    assert [path.name for path in tmp_path.iterdir()] == ["kept.json"]


def test_of_many_who_publish_one_name_one_succeeds(tmp_path: Path) -> None:
    path, won = tmp_path / "kept", []

    def publish(number: int) -> None:
        try:
            publish_file(path, str(number))
        except FileExistsError:
            return
        won.append(str(number))

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [path.read_text()]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fault", [ValueError, OSError, KeyboardInterrupt, SystemExit])
def test_a_writer_that_is_interrupted_changes_nothing_and_leaves_nothing(
    fault: type[BaseException], tmp_path: Path
) -> None:
    path = tmp_path / "kept"
    replace_file(path, "before")

    def interrupted() -> None:
        with writing(path) as stream:
            stream.write(b"half of it")
            raise fault

    with pytest.raises(fault):
        interrupted()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@given(name=st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1).filter(
    lambda text: text not in {".", ".."} and len(text.encode()) <= 255
))  # fmt: skip
def test_what_a_killed_writer_leaves_is_known_whatever_the_file_s_name(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("folder")
    with writing(folder / name) as stream:
        stream.write(b"x")
        (aside,) = folder.iterdir()
        assert is_stray(aside.name)
        assert len(aside.name.encode()) <= 255
    (kept,) = folder.iterdir()
    assert kept.name == name


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_files_and_folders_are_for_their_owner_alone_whatever_the_umask(
    mask: int, tmp_path: Path
) -> None:
    folder = tmp_path / "a" / "b"
    with umask(mask):
        make_folder(folder)
        replace_file(folder / "replaced", "x")
        publish_file(folder / "published", "x")
        open_shared(folder / "lock").close()
        open_log(folder / "log").close()
        reserve_file(folder / "reserved")
    assert (
        stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    )
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_file_that_others_could_read_is_private_once_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_text("x")
    path.chmod(0o644)
    replace_file(path, "y")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_is_made_by_many_at_once(tmp_path: Path) -> None:
    folder, faults = tmp_path / "a" / "b" / "c", []

    def make() -> None:
        try:
            make_folder(folder)
        except OSError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=make) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert folder.is_dir()


def test_a_folder_under_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match="file"):
        make_folder(tmp_path / "file" / "folder")
