"""A run goes on with what it was given, wherever it goes on, or not at all."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.home import Home
from datasets.journal.journal import Journal
from datasets.lake.lake import Lake
from datasets.problems.catalogue import load
from datasets.problems.document import write
from datasets.records.executions import RunId
from datasets.records.runs import RunState
from tasks.context.pinned_inputs import pinned_problem
from tasks.context.pins import Aside, Pins
from tasks.context.runtime import Runtime
from tasks.errors import StorageFault
from tests.tasks.execution.fake_target import a_journal, a_run, an_execution

RUN = a_run()
LARGE = bytes(range(256)) * (17 * 4096)  # compresses well, and is too large to be tried


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = a_journal()
    made.begin(RUN)
    yield made
    made.close()


def pins(journal: Journal, folder: Path, *, lake: Path) -> Pins:
    home = Home(folder)
    return Runtime(home, journal, Lake(lake, home.quarantine)).pins(RUN.run_id)


def never() -> str:
    message = "it was read again"
    raise AssertionError(message)


def writing(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


@pytest.fixture
def here(journal: Journal, tmp_path: Path) -> Pins:
    return pins(journal, tmp_path / "here", lake=tmp_path / "lake")


@pytest.fixture
def there(journal: Journal, tmp_path: Path) -> Pins:
    """Return the same run in another home on the same journal and lake."""
    return pins(journal, tmp_path / "there", lake=tmp_path / "lake")


@given(st.text(), st.text())
def test_what_was_given_first_stands_in_every_home(first: str, second: str) -> None:
    with TemporaryDirectory() as name:
        journal, place = a_journal(), Path(name)
        journal.begin(RUN)
        homes = [pins(journal, place / home, lake=place / "lake") for home in "abc"]
        assert homes[0].text("problem.json", lambda: first) == first
        assert [home.text("problem.json", lambda: second) for home in homes] == [first] * 3
        journal.close()


def test_a_changed_file_changes_no_run(here: Pins, there: Pins, tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    path.write_text(write(load("h2")))
    given_first = pinned_problem(str(path), pins=here)
    path.write_text(write(load("lih")))
    shutil.rmtree(here.folder)
    for again in (here, there, here):
        assert pinned_problem(str(path), pins=again) == given_first


@pytest.mark.parametrize("begun", [False, True])
def test_a_copy_that_was_changed_is_not_believed(
    here: Pins, journal: Journal, *, begun: bool
) -> None:
    assert here.text("circuit.qasm", lambda: "first") == "first"
    if begun:
        journal.intend(an_execution())
    (here.folder / "circuit.qasm").write_text("second")
    assert here.text("circuit.qasm", never) == "first"
    assert (here.folder / "circuit.qasm").read_text() == "first"


def test_an_input_that_is_nowhere_stops_a_run_that_has_begun(here: Pins, journal: Journal) -> None:
    journal.intend(an_execution())
    with pytest.raises(StorageFault, match=r"was given circuit.qasm, which is neither .* new run"):
        here.text("circuit.qasm", never)
    with pytest.raises(StorageFault, match=r"was given points\.parquet"):
        here.file("points.parquet", writing(b"points"))
    assert not here.folder.exists()
    assert here.text("warning.json", lambda: "said", late=True) == "said"


def test_a_run_that_is_over_is_given_nothing_more(here: Pins, journal: Journal) -> None:
    journal.end(RUN.run_id, RunState.COMPLETED)
    with pytest.raises(StorageFault, match="Restore that folder"):
        here.text("problem.json", never)


def test_copies_of_before_are_pinned_as_they_are(here: Pins, there: Pins, journal: Journal) -> None:
    here.folder.mkdir(parents=True)
    (here.folder / "graph.json").write_text("old")
    (here.folder / "points.parquet").write_bytes(b"old points")
    journal.intend(an_execution())
    assert here.text("graph.json", never) == "old"
    here.file("points.parquet", writing(b"new points"))
    assert there.text("graph.json", never) == "old"
    assert there.file("points.parquet", writing(b"new points")).read_bytes() == b"old points"


@pytest.mark.parametrize("content", [b"few", LARGE])
def test_files_go_to_other_homes_through_journal_or_lake(
    content: bytes, here: Pins, there: Pins, tmp_path: Path
) -> None:
    assert here.file("points.parquet", writing(content)).read_bytes() == content
    assert there.file("points.parquet", writing(b"others")).read_bytes() == content
    assert (tmp_path / "lake").exists() == (content is LARGE)
    (there.folder / "points.parquet").write_bytes(b"changed")
    assert there.file("points.parquet", writing(b"others")).read_bytes() == content


def test_what_the_lake_has_lost_is_named(here: Pins, there: Pins, tmp_path: Path) -> None:
    here.file("points.parquet", writing(LARGE))
    shutil.rmtree(tmp_path / "lake")
    with pytest.raises(StorageFault, match=r"was given points.parquet \(sha256"):
        there.file("points.parquet", writing(b"others"))
    assert here.file("points.parquet", writing(b"others")).read_bytes() == LARGE


def test_what_is_replaced_is_replaced_everywhere(here: Pins, there: Pins) -> None:
    here.replace("choices.json", "one")
    assert there.find("choices.json") == b"one"
    there.replace("choices.json", "two")
    assert here.find("choices.json") == b"two"
    here.give_names({"choices.json": "choices-0.json", "none.json": "none-0.json"})
    assert here.find("choices.json") is there.find("choices.json") is None
    assert there.find("choices-0.json") == b"two"
    assert there.names("choices") == ["choices-0.json"]
    there.replace("choices.json", "three")
    assert here.find("choices.json") == b"three"
    here.replace("missing/a.json", "gap")
    assert there.names("missing/") == ["missing/a.json"]


def test_what_is_looked_at_beforehand_is_kept_nowhere(tmp_path: Path) -> None:
    aside = Aside(tmp_path)
    assert aside.text("problem.json", lambda: "one") == "one"
    assert aside.text("problem.json", lambda: "two") == "two"
    assert aside.file("points.parquet", writing(b"x")).read_bytes() == b"x"


def test_runs_that_are_given_the_same_keep_it_once(here: Pins, journal: Journal) -> None:
    other = replace(RUN, run_id=RunId("b" * 32))
    journal.begin(other)
    second = replace(here, run_id=other.run_id, folder=here.folder.with_name("b"))
    assert here.text("device.json", lambda: "same") == second.text("device.json", lambda: "same")
    assert journal.pinned(RUN.run_id) == journal.pinned(other.run_id)
