"""A home that is another user's, or in part closed to this one, is refused in one line."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from datasets.home import Home
from deployments.cli.main import run
from tasks.context.runtime import open_runtime

NOBODY = 65534
COMMANDS = (
    ("runs",), ("show", "1f" * 16), ("verify",), ("upgrade",), ("upgrade", "--dry-run"),
    ("devices",), ("devices", "show", "emulator:garnet"), ("query", "select 1"), ("reconcile",),
    ("up",), ("sandbox",), ("canary",),
    ("vqe", "--target", "local:sv"),
)  # fmt: skip
PARTS = ("journal.db", "lake", "inputs", "spool", "reports", "cache", "logs", "quarantine")

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="giving files away takes root")


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a home below a folder that everybody may look into, as /home is."""
    for name in ("QRT_JOURNAL_URL", "QRT_LAKE"):
        monkeypatch.delenv(name, raising=False)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("QRT_HOME", f"{folder}/home")
        open_runtime.cache_clear()
        open_runtime(Home(Path(folder) / "home")).journal.close()
        open_runtime.cache_clear()
        yield Path(folder) / "home"


@contextmanager
def nobody() -> Iterator[None]:
    """Be another user in the block."""
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def give(path: Path, owner: int) -> None:
    """Give what is there, and below it, to a user."""
    for each in (path, *path.rglob("*")):
        os.chown(each, owner, -1)


def described(root: Path) -> dict[str, tuple[int, int, int]]:
    """Return mode, owner and size of everything in a folder."""
    found = {str(path): path.lstat() for path in (root, *root.rglob("*"))}
    return {name: (one.st_mode, one.st_uid, one.st_size) for name, one in found.items()}


def refused(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    assert run(list(command)) == 2
    said = capsys.readouterr()
    assert not said.out
    (line,) = [line for line in said.err.splitlines() if line != "starting the Prefect server"]
    return line


@as_root
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_root_leaves_nothing_in_the_home_of_another_user(
    command: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    give(home, NOBODY)
    before = described(home)
    line = refused(capsys, *command)
    assert f"{home} belongs to nobody" in line
    assert "QRT_HOME" in line
    assert described(home) == before


@as_root
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_closed_home_of_another_user_is_refused(
    command: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["runs"])  # what a command imports, another user need not be able to read
    capsys.readouterr()
    open_runtime.cache_clear()
    before = described(home)
    with nobody():
        line = refused(capsys, *command)
    assert f"{home} belongs to root and is closed to nobody" in line
    assert "QRT_HOME" in line
    assert described(home) == before


@as_root
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("command", [("runs",), ("upgrade", "--dry-run")], ids=" ".join)
def test_a_part_that_another_user_has_left_is_named(
    part: str, command: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    give(home, NOBODY)
    give(home / part, 0)
    before = described(home)
    with nobody():
        line = refused(capsys, *command)
    assert f"{home / part} belongs to root and is closed to nobody" in line
    assert described(home) == before


@as_root
def test_a_home_that_is_open_to_others_can_be_queried_by_them(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["query", "select 1 as one", "--json"]) == 0
    capsys.readouterr()
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with nobody():
        assert run(["query", "select 1 as one", "--json"]) == 0
        assert "1" in capsys.readouterr().out
        assert "belongs to root" in refused(capsys, "runs")


@contextmanager
def owner_of(home: Path) -> Iterator[None]:
    """Be whoever owns the home in the block, and not root, who may do everything."""
    if os.geteuid():
        yield
        return
    give(home, NOBODY)
    with nobody():
        yield


@pytest.mark.parametrize("part", [".", *PARTS])
def test_a_part_that_is_closed_to_its_own_user_is_named(
    part: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, before = home / part, (home / part).stat().st_mode
    place.chmod(0)
    with owner_of(home):
        line = refused(capsys, "runs")
    place.chmod(before)
    assert line == (f"{place} is closed to its own user. Open it with `chmod -R u+rwX {home}`.")


@pytest.mark.parametrize("closed", ["counts", "counts/v1", "counts/v1/run", "counts/v1/run/deep"])
@pytest.mark.parametrize("command", [("query", "select count(*) from counts"), ("verify",)])
def test_what_of_a_lake_cannot_be_listed_is_not_taken_to_be_empty(
    closed: str, command: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["verify"])
    capsys.readouterr()
    (home / "lake" / "counts/v1/run/deep").mkdir(parents=True)
    place = home / "lake" / closed
    place.chmod(0)
    with owner_of(home):
        code = run(list(command))
    place.chmod(0o700)
    said = capsys.readouterr()
    assert (code, said.out) == (1, "")
    (line,) = said.err.splitlines()
    assert line.startswith(f"{place} cannot be listed: Permission denied. See that you may read")
