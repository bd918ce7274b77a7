"""A home is its owner's alone; one that others could read is mended, and nothing else is."""

import os
import stat
import threading
from pathlib import Path

import pytest

from datasets.files.home_rights import make_private, private_creation
from datasets.home import Home
from tasks.context.runtime import open_runtime
from tasks.errors import BadInput


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def modes(root: Path) -> dict[str, int]:
    """Return the mode of everything in a folder, links apart."""
    below = [path for path in root.rglob("*") if not path.is_symlink()]
    return {str(path): mode(path) for path in (root, *below)}


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """Return a home as earlier releases left it."""
    root = tmp_path / "deep" / "home"
    for folder in ("lake/counts/v1", "inputs/run", "prefect", "spool", "cache/compiled/ab"):
        (root / folder).mkdir(parents=True)
        (root / folder / "file").write_text("x")
    (root / "journal.db").write_text("")
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return root


def test_an_older_home_is_mended_once(older: Path) -> None:
    assert make_private(older)
    assert set(modes(older).values()) == {0o700, 0o600}
    assert not make_private(older)


def test_opening_an_older_home_says_so_in_one_line_once(
    older: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_runtime.cache_clear()
    open_runtime(Home(older))
    (line,) = capsys.readouterr().err.splitlines()
    assert str(older) in line
    assert "yours alone" in line
    open_runtime.cache_clear()
    open_runtime(Home(older))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("wide", ["journal.db", "prefect/file", "spool", "lake"])
def test_one_wide_part_is_enough(wide: str, older: Path) -> None:
    make_private(older)
    (older / wide).chmod(0o755)
    assert make_private(older)
    assert not set(modes(older).values()) - {0o700, 0o600}


def test_what_is_not_the_runtime_s_stays_as_it_is(older: Path) -> None:
    mine = older / "notes.txt"
    mine.write_text("mine")
    mine.chmod(0o644)
    elsewhere = older.parent / "elsewhere"
    elsewhere.write_text("of another")
    elsewhere.chmod(0o644)
    (older / "spool" / "link").symlink_to(elsewhere)
    make_private(older)
    assert mode(mine) == mode(elsewhere) == 0o644


def test_what_its_owner_may_run_stays_so(older: Path) -> None:
    (older / "cache" / "tool").write_text("x")
    (older / "cache" / "tool").chmod(0o755)
    make_private(older)
    assert mode(older / "cache" / "tool") == 0o700


def test_the_user_s_own_home_folder_stays_open_and_what_is_kept_in_it_is_closed(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(older))
    assert make_private(older)
    assert mode(older) == 0o755
    assert mode(older / "lake") == 0o700
    assert not make_private(older)


def test_everybody_s_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    open_runtime.cache_clear()
    with pytest.raises(BadInput, match="QRT_HOME") as caught:
        open_runtime(Home(tmp_path))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    assert mode(tmp_path) == 0o1777


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_a_new_home_is_private_whatever_the_umask(mask: int, tmp_path: Path) -> None:
    open_runtime.cache_clear()
    before = os.umask(mask)
    try:
        runtime = open_runtime(Home(tmp_path / "new" / "home"))
    finally:
        os.umask(before)
    runtime.journal.close()
    found = modes(tmp_path / "new")
    assert set(found.values()) == {0o700, 0o600}, found


def test_the_umask_is_that_of_before_when_the_last_of_many_threads_is_done() -> None:
    before = os.umask(0o022)
    inside = threading.Barrier(4)

    def create() -> None:
        with private_creation():
            inside.wait()

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert os.umask(before) == 0o022
