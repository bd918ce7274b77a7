"""Whatever happens to a landed file, verifying the lake says what."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.lake import encoding
from datasets.lake.batches import prepare, publish
from datasets.lake.schema.schemas import schema
from datasets.lake.schema.tables import TABLES
from datasets.lake.stores import LocalStore, Store
from datasets.lake.verification import Problem, problems
from tasks.errors import UnknownName
from tests.datasets.lake.lake_rows import good_rows

pytestmark = pytest.mark.slow  # real Parquet, real DuckDB

_BATCH = prepare("counts", ("a",), good_rows("counts"))
_DATA = encoding.encode(_BATCH.rows.cast(schema("counts")), _BATCH.label)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    store = LocalStore(tmp_path)
    for table in TABLES:
        publish(store, prepare(table, ("a",), good_rows(table)))
    publish(store, prepare("counts", ("x",), good_rows("counts")))  # `quality` tells of it
    return store


def _faults(store: Store) -> list[tuple[str, str]]:
    return [(Path(problem.path).name, problem.fault) for problem in problems(store)]


def test_an_untouched_lake_has_no_problems(store: LocalStore) -> None:
    assert problems(store) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(_DATA) * 8 - 1))
def test_every_flipped_bit_is_found(tmp_path_factory: pytest.TempPathFactory, bit: int) -> None:
    folder = tmp_path_factory.mktemp("lake")
    publish(LocalStore(folder), _BATCH)
    path = folder / _BATCH.path
    damaged = bytearray(path.read_bytes())
    damaged[bit // 8] ^= 1 << bit % 8
    path.write_bytes(damaged)
    assert problems(LocalStore(folder)) != []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(_DATA) - 1))
def test_every_truncation_is_found(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    folder = tmp_path_factory.mktemp("lake")
    publish(LocalStore(folder), _BATCH)
    path = folder / _BATCH.path
    path.write_bytes(path.read_bytes()[:length])
    assert [problem.fault for problem in problems(LocalStore(folder))] == ["damaged"]


def test_what_is_left_over_or_foreign_is_told_apart(store: LocalStore) -> None:
    folder = store.root / "counts" / "v1"
    (folder / ".a.0123.tmp").write_bytes(b"half")
    (folder / "notes.txt").write_text("mine")
    (store.root / "stuff.parquet").write_bytes(_DATA)
    (folder / "b.parquet").write_bytes(_DATA)
    assert sorted(_faults(store)) == [
        (".a.0123.tmp", "stray"),
        ("b.parquet", "misplaced"),
        ("notes.txt", "foreign"),
        ("stuff.parquet", "foreign"),
    ]


def test_rows_that_were_rewritten_do_not_match_their_checksum(store: LocalStore) -> None:
    path = store.root / "counts" / "v1" / "a.parquet"
    label = encoding.read_label(path.read_bytes())
    assert label is not None
    forged = prepare("counts", ("a",), good_rows("counts")[1:]).rows
    path.write_bytes(encoding.encode(forged, label))
    assert _faults(store) == [("a.parquet", "damaged")]


def test_a_file_of_a_newer_runtime_asks_for_an_upgrade(store: LocalStore) -> None:
    path = store.root / "spend" / "v2" / "a.parquet"
    path.parent.mkdir()
    newer = encoding.Label("spend", 2, ("a",), "", "", "")
    path.write_bytes(encoding.encode(_BATCH.rows, newer))
    assert _faults(store) == [("a.parquet", "version")]


def test_one_table_can_be_verified_alone(store: LocalStore) -> None:
    (store.root / "counts" / "v1" / "a.parquet").write_bytes(b"")
    assert problems(store, ["runs"]) == []
    assert [problem.fault for problem in problems(store, ["counts"])] == ["damaged"]
    with pytest.raises(UnknownName):
        problems(store, ["count"])


def test_a_landed_file_that_is_gone_is_missing(store: LocalStore) -> None:
    (store.root / "counts" / "v1" / "x.parquet").unlink()
    assert _faults(store) == [("x.parquet", "missing")]
    assert [problem.fault for problem in problems(store, ["counts"])] == ["missing"]
    assert problems(store, ["runs", "quality"]) == []


def test_every_file_of_every_check_is_looked_for_once(store: LocalStore) -> None:
    paths = [f"spend/v1/{name}.parquet" for name in "cbda"]
    rows = [good_rows("quality")[0] | {"table_name": "spend", "batch": path} for path in paths]
    publish(store, prepare("quality", ("b",), rows))
    publish(store, prepare("quality", ("c",), rows[:2]))
    assert _faults(store) == [(f"{name}.parquet", "missing") for name in "bcd"]


def test_what_was_refused_is_not_missing(store: LocalStore) -> None:
    good, broken = good_rows("quality")
    beside = good | {"batch": "counts/v1/y.parquet", "report": "quarantine/counts/v1/y.json"}
    publish(store, prepare("quality", ("b",), [beside, broken]))
    assert problems(store) == []


def test_a_damaged_check_is_told_and_not_believed(store: LocalStore) -> None:
    (store.root / "counts" / "v1" / "x.parquet").unlink()
    (store.root / "quality" / "v1" / "a.parquet").write_bytes(b"PAR1")
    assert _faults(store) == [("a.parquet", "damaged")]


@pytest.mark.slow
def test_contracts_are_checked_again_when_asked(store: LocalStore) -> None:
    broken = prepare("spend", ("b",), [good_rows("spend")[0] | {"kind": "gift"}])
    publish(store, broken)
    assert problems(store) == []
    (found,) = problems(store, ["spend"], contracts=True)
    assert isinstance(found, Problem)
    assert found.fault == "contract"
    assert "reserve, settle, release" in found.text
