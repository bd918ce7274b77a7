"""Tidying a home removes what nobody needs, and nothing that anybody does."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from datasets.journal.claims import claims_at
from datasets.records.runs import RunState
from tasks.run.housekeeping import tidy
from tests.tasks.execution.fake_target import Place, a_place, a_run, an_execution

RUN = a_run()
MONTH = timedelta(days=30)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = a_place(tmp_path)
    made.journal.begin(RUN)
    yield made
    made.journal.close()


def aged(path: Path, *, days: int) -> Path:
    """Make a file that nobody has touched for so long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    then = time.time() - days * 86_400
    os.utime(path, (then, then))
    return path


def abandoned(place: Place) -> Path:
    """Leave a lock as a process that was killed leaves it."""
    place.home.claims.mkdir(exist_ok=True)
    return aged(place.home.claims / f"{RUN.run_id}.lock", days=0)


def test_old_caches_go_and_young_ones_and_all_else_stay(place: Place) -> None:
    home = place.home
    old, young = aged(home.cache / "a" / "b", days=40), aged(home.cache / "c", days=20)
    kept = [
        aged(folder / "old", days=4000)
        for folder in (home.lake, home.reports, home.quarantine, home.spool, home.inputs)
    ]
    tidied = tidy(place, older_than=MONTH)
    assert (tidied.cache_files, tidied.cache_bytes) == (1, 1)
    assert not old.exists()
    assert all(path.exists() for path in (young, *kept))


def test_what_killed_writers_left_goes_after_a_day_wherever_it_lies(place: Place) -> None:
    home = place.home
    folders = (home.lake, home.reports, home.quarantine, home.spool, home.inputs / "r", home.cache)
    left = [aged(folder / f".a.{'0' * 32}.tmp", days=2) for folder in folders]
    young = aged(home.spool / f".b.{'0' * 32}.tmp", days=0)
    assert tidy(place, older_than=MONTH).strays == len(left)
    assert not any(path.exists() for path in left)
    assert young.exists()


def test_a_lock_that_nobody_holds_goes_and_tidying_again_finds_nothing(place: Place) -> None:
    lock = abandoned(place)
    place.journal.end(RUN.run_id, RunState.COMPLETED, result="{}")
    assert tidy(place, older_than=MONTH).claims == 1
    assert not lock.exists()
    assert tidy(place, older_than=MONTH).claims == 0


def test_a_lock_that_somebody_holds_stays(place: Place) -> None:
    held = claims_at(place.home.journal, folder=place.home.claims).take(RUN.run_id)
    assert held is not None
    assert tidy(place, older_than=MONTH).claims == 0
    held.release()


def test_a_lock_of_unsettled_work_stays(place: Place) -> None:
    lock = abandoned(place)
    place.journal.intend(an_execution(), reserve=True)
    assert tidy(place, older_than=MONTH).claims == 0
    assert lock.exists()
