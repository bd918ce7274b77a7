"""SQL over the lake gives back what was landed, in UTC, and cannot do anything but read."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

from datasets.lake import views
from datasets.lake.batches import prepare, publish
from datasets.lake.schema.tables import TABLES
from datasets.lake.stores import LocalStore, ObjectStore
from tasks.errors import BadInput, StorageFault
from tests.datasets.lake.lake_rows import RUN_ID, good_rows, rows_of

pytestmark = pytest.mark.slow  # real Parquet, real DuckDB


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    publish(LocalStore(tmp_path), prepare("counts", ("a",), good_rows("counts")))
    return tmp_path


@settings(max_examples=10, deadline=None)
@given(
    st.sampled_from(sorted(set(TABLES) - {"runs", "counts"})).flatmap(
        lambda table: st.tuples(st.just(table), rows_of(table), rows_of(table))
    )
)
def test_what_is_published_is_what_sql_gives_back(case: tuple[str, Any, Any]) -> None:
    table, first, second = case
    with TemporaryDirectory() as folder:
        for key, rows in (("a", first), ("b", second)):
            publish(LocalStore(Path(folder)), prepare(table, (key,), rows))
        names = ", ".join(f'"{column.name}"' for column in TABLES[table].columns)
        found = views.query(folder, f"SELECT {names} FROM {table}")  # noqa: S608 - our own names
    landed = [tuple(row[name] for name in found.columns) for row in first + second]
    assert sorted(map(_spelled, found.rows)) == sorted(map(_spelled, landed))


def _spelled(row: tuple[Any, ...]) -> list[str]:
    return [cell.isoformat() if isinstance(cell, datetime) else repr(cell) for cell in row]


OUTCOMES = st.integers(1, 140).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, 2**n - 1)),
)


@settings(max_examples=5, deadline=None)
@given(st.lists(OUTCOMES, min_size=10, max_size=30))
def test_the_first_measured_qubit_is_leftmost_in_the_bitstring(
    cases: list[tuple[int, int]],
) -> None:
    rows = [
        good_rows("counts")[0]
        | {
            "point": at,
            "n_qubits": n_qubits,
            "outcome": outcome if n_qubits <= 64 else None,
            "outcome_bits": outcome.to_bytes((n_qubits + 7) // 8, "big") if n_qubits > 64 else None,
        }
        for at, (n_qubits, outcome) in enumerate(cases)
    ]
    with TemporaryDirectory() as folder:
        publish(LocalStore(Path(folder)), prepare("counts", ("a",), rows))
        seen = views.query(folder, "SELECT bitstring FROM counts ORDER BY point").rows
    for (n_qubits, outcome), (bits,) in zip(cases, seen, strict=True):
        assert bits == "".join(str(outcome >> qubit & 1) for qubit in range(n_qubits))


def test_an_empty_lake_has_every_view_with_its_columns(tmp_path: Path) -> None:
    for name, table in TABLES.items():
        found = views.query(tmp_path / "nowhere", f"SELECT * FROM {name}")  # noqa: S608
        assert found.rows == ()
        assert found.columns[: len(table.columns)] == tuple(c.name for c in table.columns)


@pytest.mark.slow
def test_an_empty_view_has_the_types_of_a_full_one(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    for name in TABLES:
        publish(store, prepare(name, ("a",), good_rows(name)))
        sql = f"DESCRIBE {name}"
        assert views.query(tmp_path, sql).rows == views.query(tmp_path / "empty", sql).rows


def test_the_runs_view_shows_the_latest_state_of_each_run(tmp_path: Path) -> None:
    ended = good_rows("runs")[1]
    began = ended | {"state": "running", "ended_at": None, "recorded_at": None}
    resumed = began | {"recorded_at": ended["recorded_at"] + timedelta(seconds=1)}
    states: list[tuple[str]] = []
    for at, row in enumerate((began, ended, resumed)):
        publish(LocalStore(tmp_path), prepare("runs", (RUN_ID, str(at)), [row]))
        states += views.query(tmp_path, "SELECT state FROM runs").rows
    assert states == [("running",), ("completed",), ("running",)]


def test_files_of_writers_at_work_are_not_read(lake: Path) -> None:
    for name in (".a.123.tmp", ".hidden.parquet"):
        (lake / "counts" / "v1" / name).write_bytes(b"half")
    assert len(views.query(lake, "SELECT * FROM counts").rows) == len(good_rows("counts"))


def test_a_folder_with_quotes_and_stars_in_its_name_can_be_read(tmp_path: Path) -> None:
    odd = tmp_path / "it's [a] *lake?"
    publish(LocalStore(odd), prepare("spend", ("a",), good_rows("spend")))
    assert len(views.query(odd, "SELECT * FROM spend").rows) == 2


def test_objects_are_read_through_arrow_like_files(tmp_path: Path) -> None:
    (tmp_path / "bucket/lake/counts/v1").mkdir(parents=True)
    store = ObjectStore(SubTreeFileSystem(str(tmp_path), LocalFileSystem()), "bucket/lake")
    publish(store, prepare("counts", ("a",), good_rows("counts")))
    with views.open_views(store) as connection:
        seen = connection.sql("SELECT * FROM counts").fetchall()
    assert seen == list(views.query(tmp_path / "bucket/lake", "SELECT * FROM counts").rows)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("COPY counts TO '{lake}/x.parquet'", "COPY is refused"),
        ("EXPLAIN ANALYZE COPY counts TO '{lake}/x.csv'", "EXPLAIN is refused"),
        ("ATTACH '{lake}/x.db'", "ATTACH is refused"),
        ("EXPORT DATABASE '{lake}/x'", "EXPORT is refused"),
        ("CREATE TABLE t (a INT)", "CREATE is refused"),
        ("INSERT INTO counts VALUES (1)", "INSERT is refused"),
        ("DROP VIEW counts", "DROP is refused"),
        ("SET threads = 1", "SET is refused"),
        ("PRAGMA database_list", "PRAGMA is refused"),
        ("SELECT 1; DROP VIEW counts", "one SELECT statement; got 2"),
        ("", "one SELECT statement; got 0"),
        ("-- nothing", "one SELECT statement; got 0"),
        ("SELECT * FROM read_text('/etc/hostname')", "Permission Error"),
        ("SELECT * FROM '/etc/hostname'", "Catalog Error"),
        ("SELECT * FROM glob('/*')", "Permission Error"),
        ("SELECT nosuch FROM counts", r"nosuch.*\(line 1, at `nosuch"),
        ("SELECT 1 +\n FROM counts WHERE (", "line 2"),
        ("SELECT * FROM count", "Did you mean"),
        ("SELECT 'a'::INT", "Conversion Error"),
    ],
)
def test_sql_that_does_more_than_read_or_is_wrong_gets_one_line(
    lake: Path, sql: str, says: str
) -> None:
    before = sorted(lake.rglob("*"))
    with pytest.raises(BadInput, match=says) as caught:
        views.query(lake, sql.format(lake=lake))
    assert "\n" not in str(caught.value)
    assert sorted(lake.rglob("*")) == before


@pytest.mark.parametrize("sql", ["SHOW TABLES", "DESCRIBE counts", "SUMMARIZE counts"])
def test_looking_around_is_reading(lake: Path, sql: str) -> None:
    assert views.query(lake, sql).rows


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM COUNTS",
        'SELECT * FROM "Counts"',
        "FROM main.counts",
        "TABLE counts",
        "WITH runs AS (FROM counts) FROM runs",
        "SELECT * FROM (SELECT *, point + 1 AS more FROM counts) WHERE more > 0",
        "SELECT * FROM runs RIGHT JOIN counts USING (run_id)",
        "FROM query_table('cou' || 'nts')",
        "FROM query('FROM cou' || 'nts')",
        "SELECT c.count FROM counts AS c ANTI JOIN spend USING (run_id)",
    ],
)
def test_a_table_has_its_rows_however_it_is_named(lake: Path, sql: str) -> None:
    assert len(views.query(lake, sql).rows) == len(good_rows("counts"))


@pytest.mark.parametrize(
    "sql",
    [
        "SHOW TABLES",
        "SELECT table_name FROM information_schema.tables WHERE table_name <> 'nothing'",
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND view_name <> 'counts' || ''",
        "SELECT name FROM sqlite_master WHERE name <> 'spend ' ORDER BY name",
    ],
)
def test_whoever_looks_around_sees_every_table(lake: Path, sql: str) -> None:
    views.query(lake, "SELECT count(*) FROM counts")
    found = {row[0] for row in views.query(lake, sql).rows}
    assert found >= set(TABLES) - {"counts"}


@given(st.lists(st.sampled_from(sorted(TABLES)), min_size=1), st.sampled_from([str.upper, str]))
def test_a_query_opens_the_tables_that_it_names(names: list[str], spell: Any) -> None:
    opened = views.tables_in(spell(f"SELECT 1 FROM {', '.join(names)}"))  # noqa: S608
    assert set(names) <= set(opened)
    assert all(any(other in name for name in names) for other in opened)


def test_a_query_sees_what_has_landed_since_the_last_one(lake: Path) -> None:
    sql = "SELECT count(*) FROM counts"
    before = views.query(lake, sql).rows
    publish(LocalStore(lake), prepare("counts", ("b",), good_rows("counts")))
    assert views.query(lake, sql).rows == ((2 * before[0][0],),)


def test_queries_of_many_threads_each_get_their_own_rows(lake: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        asked = [f"SELECT {n} FROM counts" for n in range(20)]  # noqa: S608 - a number
        found = pool.map(lambda sql: views.query(lake, sql).rows[0], asked)
    assert list(found) == [(n,) for n in range(20)]


def test_a_restored_file_is_read_again(lake: Path) -> None:
    path = lake / "counts/v1/a.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    with pytest.raises(StorageFault):
        views.query(lake, "FROM counts")
    path.write_bytes(whole)
    assert len(views.query(lake, "FROM counts").rows) == len(good_rows("counts"))


def test_python_variables_are_no_tables(lake: Path) -> None:
    secret = pa.table({"a": [1]})
    with pytest.raises(BadInput, match="secret"):
        views.query(lake, "SELECT * FROM secret")
    assert secret.num_rows == 1


def test_a_damaged_file_is_a_storage_fault_that_names_the_cure(lake: Path) -> None:
    path = lake / "counts/v1/a.parquet"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(StorageFault, match=r"a\.parquet.*qrt verify"):
        views.query(lake, "SELECT * FROM counts")
    assert views.query(lake, "SELECT * FROM runs").rows == ()


def test_a_damaged_file_behind_a_good_one_is_a_storage_fault_too(lake: Path) -> None:
    (lake / "counts/v1/b.parquet").write_bytes(b"PAR1 not really PAR1")
    with pytest.raises(StorageFault, match=r"b\.parquet.*qrt verify"):
        views.query(lake, "SELECT sum(count) FROM counts")


def test_a_connection_cannot_leave_the_lake(lake: Path) -> None:
    with views.connect(lake) as connection, pytest.raises(duckdb.Error):
        connection.execute(f"COPY counts TO '{lake.parent}/x.parquet'")


def test_a_file_of_an_older_release_reads_with_nulls_for_newer_columns(lake: Path) -> None:
    old = pq.read_table(lake / "counts/v1/a.parquet").drop_columns(["outcome_bits"])
    (lake / "counts/v1/a.parquet").unlink()
    pq.write_table(old.slice(0, 2), lake / "counts/v1/a.parquet")
    found = views.query(lake, "SELECT outcome_bits, bitstring FROM counts ORDER BY outcome").rows
    assert found == ((None, "100"), (None, "011"))


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Decimal("0.30"), 0.3),
        (datetime(2026, 5, 5, 1, 2, 3, 4, UTC), "2026-05-05T01:02:03.000004Z"),
        (date(2026, 5, 5), "2026-05-05"),
        (timedelta(seconds=1.5), 1.5),
        (float("nan"), None),
        (float("inf"), None),
        (b"\x01\xff", "01ff"),
        (UUID(int=1), str(UUID(int=1))),
        ([Decimal(1), {"a": (None, True)}], [1.0, {"a": [None, True]}]),
        (2**64 - 1, 2**64 - 1),
    ],
)
def test_values_become_what_json_has(value: object, plain: object) -> None:
    assert views.to_plain(value) == plain
