"""`qrt upgrade` says what it changes; a home of a newer release is refused in one line."""

import json
from collections.abc import Callable
from contextlib import closing
from itertools import product
from pathlib import Path
from sqlite3 import connect

import pytest

from datasets.journal.engines import open_engine
from datasets.journal.journal import Journal
from datasets.journal.migration import VERSION, upgrade
from deployments.cli.main import run

RUN = "1f" * 16
BOTH = [
    ["runs"], ["show", RUN], ["report", RUN], ["verify"], ["upgrade"], ["upgrade", "--dry-run"],
    ["reconcile"], ["resume", RUN], ["cancel", RUN], ["vqe", "--target", "local:sv"],
]  # fmt: skip
LAKE = ["query", "select * from runs"]  # opens no journal


def newer_journal(home: Path) -> None:
    Journal.open(home / "journal.db").close()
    with closing(connect(home / "journal.db")) as journal, journal:
        journal.execute("UPDATE alembic_version SET version_num = '9999'")


def newer_lake(home: Path) -> None:
    (home / "lake" / "counts" / "v99").mkdir(parents=True)


@pytest.mark.parametrize(
    ("command", "newer"),
    [*product(BOTH, (newer_journal, newer_lake)), (LAKE, newer_lake)],
    ids=lambda part: part.__name__ if callable(part) else " ".join(part),
)
def test_a_home_of_a_newer_release_is_refused_in_one_line(
    command: list[str],
    newer: Callable[[Path], None],
    qrt_home: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    qrt_home.mkdir(mode=0o700)
    newer(qrt_home)
    before = sorted(path.name for path in qrt_home.rglob("*.parquet"))
    assert run(command) == 2
    said = capsys.readouterr()
    assert not said.out
    (line,) = said.err.strip().splitlines()
    assert "Use the release that wrote it, or another home." in line
    assert sorted(path.name for path in qrt_home.rglob("*.parquet")) == before


def test_an_upgrade_says_what_it_changes_and_then_does_it(
    qrt_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    qrt_home.mkdir(mode=0o755)
    engine = open_engine(qrt_home / "journal.db")
    upgrade(engine, to="0001")
    engine.dispose()
    assert run(["upgrade", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert f"from schema 0001 to {VERSION}" in said
    assert "others may no longer read" in said
    assert said.endswith("Nothing was changed.\n")
    assert qrt_home.stat().st_mode & 0o777 == 0o755

    assert run(["upgrade", "--yes"]) == 0
    assert "Done; the journal as it was: " in capsys.readouterr().out
    assert qrt_home.stat().st_mode & 0o777 == 0o700
    assert len(list(qrt_home.glob("journal.db-0001-*.backup"))) == 1

    assert run(["upgrade", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"home": str(qrt_home), "changes": [], "done": False, "kept": None}


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_dry_run_writes_nothing_and_says_a_line_a_change(
    mode: str, qrt_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    qrt_home.mkdir(mode=0o700)
    engine = open_engine(qrt_home / "journal.db")
    upgrade(engine, to="0001")
    engine.dispose()
    with closing(connect(qrt_home / "journal.db")) as journal:
        journal.execute(f"PRAGMA journal_mode={mode}")
    before = (qrt_home / "journal.db").read_bytes()
    assert run(["upgrade", "--dry-run"]) == 0
    first, schema, *steps, last = capsys.readouterr().out.splitlines()
    assert (first, last) == (f"{qrt_home}: to change", "Nothing was changed.")
    assert f"from schema 0001 to {VERSION}" in schema
    assert len(steps) == int(VERSION) - 1
    assert all(step.startswith("  added to the journal: ") for step in steps)
    assert (qrt_home / "journal.db").read_bytes() == before


def test_there_is_no_upgrade_of_a_home_that_is_not_there(
    qrt_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["upgrade"]) == 2
    assert capsys.readouterr().err.startswith(f"There is no home at {qrt_home}.")
    assert not qrt_home.exists()
