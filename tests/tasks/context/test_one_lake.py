"""A journal has one lake, wherever that is moved; another one is refused before anything lands."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from datasets.journal.journal import Journal
from datasets.lake.lake import Lake
from datasets.records.executions import RunId
from datasets.records.runs import RunState
from tasks.context.one_lake import begin_anew, check_lake
from tasks.errors import BadInput, StorageFault
from tests.datasets.lake.lake_rows import good_rows
from tests.tasks.execution.fake_target import a_journal, a_run

RUN = a_run()


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = a_journal()
    yield made
    made.close()


def test_a_new_journal_and_a_new_lake_belong_together_from_their_first_use(
    journal: Journal, tmp_path: Path
) -> None:
    check_lake(journal, tmp_path / "one")
    check_lake(journal, tmp_path / "one")
    assert Lake(tmp_path / "one", tmp_path).verify() == []
    with pytest.raises(BadInput, match=r"is not the lake of this journal's runs.* set QRT_LAKE"):
        check_lake(journal, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_lake_that_is_moved_is_the_same_and_another_in_its_place_is_not(
    journal: Journal, tmp_path: Path
) -> None:
    check_lake(journal, tmp_path / "one")
    (tmp_path / "one").rename(tmp_path / "moved")
    check_lake(journal, tmp_path / "moved")
    with pytest.raises(BadInput, match=r"it has no lake\.json"):
        check_lake(journal, tmp_path / "one")
    second = a_journal()
    check_lake(second, tmp_path / "one")
    with pytest.raises(BadInput, match="it is lake"):
        check_lake(journal, tmp_path / "one")
    second.close()


def test_a_new_journal_takes_the_lake_as_it_is(journal: Journal, tmp_path: Path) -> None:
    check_lake(journal, tmp_path)
    second = a_journal()
    check_lake(second, tmp_path)
    assert second.lake_id() == journal.lake_id()
    second.close()


def test_a_journal_of_before_has_the_lake_that_holds_its_runs(
    journal: Journal, tmp_path: Path
) -> None:
    journal.begin(RUN)
    journal.end(RUN.run_id, RunState.COMPLETED)
    with pytest.raises(BadInput, match="has none of the last 1 runs"):
        check_lake(journal, tmp_path / "other")
    rows = [row | {"run_id": RUN.run_id} for row in good_rows("runs")[:1]]
    Lake(tmp_path / "own", tmp_path).land(
        "runs", (RUN.run_id, "completed"), rows, run_id=RUN.run_id
    )
    check_lake(journal, tmp_path / "own")


def test_a_run_of_before_that_has_not_ended_takes_the_first_lake(
    journal: Journal, tmp_path: Path
) -> None:
    journal.begin(replace(RUN, run_id=RunId("b" * 32), started_at=datetime.now(UTC)))
    check_lake(journal, tmp_path)


def test_a_lake_that_does_not_say_which_it_is_is_not_used(journal: Journal, tmp_path: Path) -> None:
    check_lake(journal, tmp_path)
    (tmp_path / "lake.json").write_text("{}")
    with pytest.raises(StorageFault, match="does not say which lake this is"):
        check_lake(journal, tmp_path)
    (damaged,) = Lake(tmp_path, tmp_path).verify()
    assert damaged.fault == "damaged"


def test_a_lost_lake_is_begun_anew_as_the_same_one(journal: Journal, tmp_path: Path) -> None:
    begin_anew(journal, tmp_path / "one")
    assert not (tmp_path / "one").exists()
    check_lake(journal, tmp_path / "one")
    shutil.rmtree(tmp_path / "one")
    with pytest.raises(BadInput, match="`qrt reconcile --new-lake` begins it anew here"):
        check_lake(journal, tmp_path / "one")
    for _ in range(2):
        begin_anew(journal, tmp_path / "one")
        check_lake(journal, tmp_path / "one")


def test_no_lake_is_begun_anew_where_another_is(journal: Journal, tmp_path: Path) -> None:
    check_lake(journal, tmp_path / "one")
    journal.begin(RUN)
    journal.end(RUN.run_id, RunState.COMPLETED)
    second = a_journal()
    check_lake(second, tmp_path / "other")
    with pytest.raises(BadInput, match="it is lake"):
        begin_anew(journal, tmp_path / "other")
    (tmp_path / "other" / "lake.json").unlink()
    Lake(tmp_path / "other", tmp_path).land(
        "runs", ("d" * 32, "completed"), good_rows("runs")[:1], run_id=RunId("d" * 32)
    )
    with pytest.raises(BadInput, match="has none of the last 1 runs"):
        begin_anew(journal, tmp_path / "other")
    second.close()


def test_nothing_lands_in_another_lake(journal: Journal, tmp_path: Path) -> None:
    check_lake(journal, tmp_path / "one")
    other = tmp_path / "other"
    lake = Lake(other, tmp_path / "quarantine", lambda: check_lake(journal, other))
    for land in (
        lambda: lake.land("spend", ("a",), good_rows("spend"), run_id=RUN.run_id),
        lambda: lake.keep_input("0" * 64, b"x"),
    ):
        with pytest.raises(BadInput, match="is not the lake"):
            land()
    assert not other.exists()
    shutil.rmtree(tmp_path / "one")
