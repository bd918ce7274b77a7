"""Whatever journal is there, of any commit or none, what was paid for lands, and is bought once."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from tests.e2e.books import NOTHING
from tests.e2e.buying_flows import FLOWS, begin
from tests.e2e.conftest import Command, Ran
from tests.e2e.rehearsal import Rehearsal, beside_each_other, rehearsal
from tests.e2e.sampled import sampled

pytestmark = pytest.mark.e2e

COPIED = "tests.e2e.copied:main"
EVERY = int(os.environ.get("QRT_BACKUPS_EVERY", "6"))  # `make proof` tries each of them
GONE = "gone"
LANDED = "SELECT count(*) FROM executions WHERE state IN ('landed', 'settled')"


@contextmanager
def yesterday(place: Rehearsal, journal: Path | str, number: int) -> Iterator[Rehearsal]:
    """Yield a copy of the home whose journal is another one, or gone; the sandbox is the same."""
    folder = place.folder / f"copy-{number}"
    shutil.copytree(place.home, folder / "home")
    for part in (folder / "home").glob("journal.db*"):
        part.unlink()
    if isinstance(journal, Path):
        shutil.copy(journal, folder / "home" / "journal.db")
    try:
        yield replace(place, folder=folder)
    finally:
        shutil.rmtree(folder)


def run_of(copies: list[Path]) -> str:
    """Return the run that the last of the journals has."""
    return str(asked(copies[-1], "SELECT run_id FROM runs"))


def asked(journal: Path, sql: str) -> object:
    """Return the one value that a query of a journal finds."""
    with closing(sqlite3.connect(journal)) as connection:
        return connection.execute(sql).fetchone()[0]


def recovered(place: Rehearsal, run_id: str, *, lake_lost: bool) -> tuple[Ran, Ran]:
    """Reconcile, then go on with the run."""
    anew = ("--new-lake",) if lake_lost else ()
    reconciled = place.start("reconcile", *anew, "--json").ended()
    return reconciled, place.start("resume", run_id, "--json").ended()


@pytest.mark.parametrize(
    ("flow", "lake"),
    sampled(product(FLOWS, ("landed", "lost")), always={("sweep", "landed"), ("batch", "lost")}),
)
def test_from_a_journal_of_any_commit_all_that_was_paid_for_lands(
    flow: str, lake: str, homeless: Command
) -> None:
    landed = lake == "landed"
    with rehearsal(homeless) as place:
        copies = place.folder / "copies"
        first = place.start(str(copies), *begin(flow, place.folder), main=COPIED).ended()
        assert first.code == 0, first.err
        states = sorted(copies.iterdir())
        run_id, bought = run_of(states), len(place.sandbox.tasks())
        if not landed:
            states = [state for state in states if not asked(state, LANDED)]
            shutil.rmtree(place.home / "lake")

        def check(number: int) -> str:
            journal: Path | str = [*states, GONE][number]
            with yesterday(place, journal, number) as there:
                reconciled, resumed = recovered(there, run_id, lake_lost=not landed)
                where = f"{flow} {number} of {len(states)}"
                assert reconciled.code == 0, f"{where}: {reconciled.err}{reconciled.out}"
                assert resumed.code == 0, f"{where}: {resumed.err}"
                assert there.books.figures() == NOTHING, where
                assert len(place.sandbox.tasks()) == bought, where
            return ""

        tried = [*range(len(states) - 1, -1, -EVERY), len(states)]
        beside_each_other(check, tried)
        print(f"{flow}: {len(tried)} of {len(states)} journals")  # noqa: T201 - for `make proof`


@pytest.mark.long
def test_a_run_that_only_home_or_lake_know_is_listed_and_taken_up(homeless: Command) -> None:
    with rehearsal(homeless) as place:
        assert place.killed_at("execution.collected", 1).code == -signal.SIGKILL
        run_id = place.run_id
        for part in place.home.glob("journal.db*"):
            part.unlink()
        (listed,) = place.start("runs", "--json").ended().answer
        assert (listed["run_id"], listed["in_journal"]) == (run_id, False)
        found = place.start("reconcile", "--json").ended().answer
        assert found["restored"] == [run_id]
        assert "eu-north-1" in found["looked"]
        assert {each["run_id"] for each in found["forgotten"]} == {run_id}
        resumed = place.start("resume", str(run_id), "--json").ended()
        assert resumed.code == 0, resumed.err
        assert place.books.figures() == NOTHING
