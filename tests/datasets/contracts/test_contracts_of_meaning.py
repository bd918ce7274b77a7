"""What lands together belongs together: sums, references, and what an observable can be."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.contracts.checking import check
from datasets.lake import views
from datasets.lake.batches import prepare
from datasets.lake.consistency import inconsistencies
from datasets.lake.conversion import to_table
from datasets.lake.lake import Lake
from datasets.lake.references import related_to
from datasets.lake.stores import open_store
from tasks.errors import BrokenContract
from tests.datasets.lake.chunk_rows import (
    CALIBRATION,
    COMPILED,
    Measured,
    Row,
    Tables,
    Valued,
    chunk,
    chunks,
    circuits,
)
from tests.datasets.lake.lake_rows import RUN_ID

pytestmark = pytest.mark.slow  # Great Expectations on every example

ONE = "3f" * 20
NOBODY = "ab" * 32
EXAMPLES = 4


def a_lake(folder: str | Path) -> Lake:
    """Return a lake in which a circuit has landed."""
    lake = Lake(Path(folder) / "lake", Path(folder) / "quarantine")
    land(lake, circuits(), name="circuits")
    return lake


def land(lake: Lake, tables: Tables, *, name: str = "chunk-0") -> None:
    batches = {table: [((RUN_ID, name), rows)] for table, rows in tables.items() if rows}
    lake.land_all(batches, run_id=RUN_ID)


def failures(lake: Lake, tables: Tables) -> str:
    """Return why tables are refused; nothing of them is landed then."""
    with pytest.raises(BrokenContract) as caught:
        land(lake, tables)
    assert views.query(lake.root, "SELECT * FROM executions").rows == ()
    assert views.query(lake.root, "SELECT * FROM counts").rows == ()
    return " ".join(caught.value.failed)


@settings(max_examples=EXAMPLES)
@given(tables=chunks())
def test_all_that_is_right_lands(tables: Tables) -> None:
    with TemporaryDirectory() as folder:
        lake = a_lake(folder)
        land(lake, tables)
        counted = views.query(lake.root, "SELECT sum(count)::BIGINT FROM counts").rows[0][0]
        assert counted == sum(row["shots_returned"] for row in tables["executions"])
        assert inconsistencies(lake.root) == []


def _changed(tables: Tables, table: str, at: int, **cells: Any) -> Tables:
    rows = list(tables[table])
    rows[at % len(rows)] = rows[at % len(rows)] | cells
    return tables | {table: rows}


def _another_count(tables: Tables, at: int, by: int) -> Tables:
    rows = tables["counts"]
    return _changed(tables, "counts", at, count=rows[at % len(rows)]["count"] + by)


def _one_count_less(tables: Tables, at: int, _: int) -> Tables:
    rows = tables["counts"]
    return tables | {"counts": [row for n, row in enumerate(rows) if n != at % len(rows)]}


def _other_shots(tables: Tables, at: int, by: int) -> Tables:
    rows = tables["executions"]
    cells = {name: rows[at % len(rows)][name] + by for name in ("shots_requested",)}
    return _changed(
        tables,
        "executions",
        at,
        shots_returned=rows[at % len(rows)]["shots_returned"] + by,
        **cells,
    )


def _no_execution(tables: Tables, at: int, _: int) -> Tables:
    rows = tables["executions"]
    return tables | {"executions": [row for n, row in enumerate(rows) if n != at % len(rows)]}


def _elsewhere(table: str, column: str) -> Callable[[Tables, int, int], Tables]:
    def corrupted(tables: Tables, at: int, _: int) -> Tables:
        size = 40 if column == "execution_id" else 64
        return _changed(tables, table, at, **{column: NOBODY[:size]})

    return corrupted


CORRUPTIONS = {
    "a count": _another_count,
    "a count that is gone": _one_count_less,
    "the shots that came back": _other_shots,
    "an execution that is gone": _no_execution,
    "the execution of a count": _elsewhere("counts", "execution_id"),
}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Return a lake in which nothing but a circuit has landed, and nothing lands."""
    return a_lake(tmp_path_factory.mktemp("known"))


def refused(lake: Lake, tables: Tables) -> str:
    """Return what is said of tables that were to land in a lake."""
    store = open_store(lake.root)
    batches = [prepare(table, (RUN_ID, "x"), rows) for table, rows in tables.items() if rows]
    near = related_to(store, batches, folders=[RUN_ID])
    verdicts = [check(batch.label.table, batch.rows, near) for batch in batches]
    return " ".join(text for verdict in verdicts for text in verdict.failed)


@settings(max_examples=EXAMPLES)
@given(tables=chunks(), at=st.integers(0, 20), by=st.integers(1, 1000))
@pytest.mark.parametrize("corrupted", CORRUPTIONS.values(), ids=CORRUPTIONS)
def test_one_number_or_reference_that_is_wrong_is_found(
    corrupted: Callable[[Tables, int, int], Tables],
    known: Lake,
    tables: Tables,
    at: int,
    by: int,
) -> None:
    assert refused(known, tables) == ""
    assert refused(known, corrupted(tables, at, by))


@settings(max_examples=EXAMPLES)
@given(tables=chunks().filter(lambda made: made["estimates"]), at=st.integers(0, 20))
@pytest.mark.parametrize("column", ["execution_id", "execution_ids"])
def test_an_estimate_of_executions_that_are_not_there_is_found(
    column: str, known: Lake, tables: Tables, at: int
) -> None:
    rows = tables["estimates"]
    ids = [*rows[at % len(rows)]["execution_ids"], NOBODY[:40]]
    wrong: Any = NOBODY[:40] if column == "execution_id" else ids
    said = refused(known, _changed(tables, "estimates", at, **{column: wrong}))
    assert f"got 'execution {NOBODY[:12]}'" in said


def _verdict(**cells: Any) -> tuple[bool, str]:
    (row,) = chunk([Measured(ONE, ((500, 500),))], [Valued(0.0, 0.1, 1.0)])["estimates"]
    verdict = check("estimates", to_table("estimates", [row | cells]))
    return verdict.success, " ".join(verdict.failed)


@settings(max_examples=EXAMPLES)
@given(
    bound=st.floats(1e-3, 1e3),
    stderr=st.floats(0, 10),
    beyond=st.floats(0, 5.99),
    sign=st.sampled_from([-1, 1]),
    method=st.sampled_from(["none", "readout", "zne", "readout,zne"]),
)
def test_what_noise_explains_lands_and_what_it_does_not_is_refused(
    bound: float, stderr: float, beyond: float, sign: int, method: str
) -> None:
    same = {"bound": bound, "stderr": stderr, "method": method, "shots": 1000}
    assert _verdict(value=sign * (bound + beyond * stderr), **same)[0]
    # A thousand shots and a readout that has moved explain a tenth of the norm, and no more.
    kept, said = _verdict(value=sign * (1.1 * bound + 6.1 * stderr), **same)
    assert not kept
    assert "within the norm of its observable" in said


def test_a_correlation_beyond_all_noise_is_refused() -> None:
    kept, said = _verdict(value=5.74, stderr=0.38, bound=1.0)
    assert not kept
    assert "or beyond it by 6 error bars at most; got 12" in said
    assert not _verdict(raw_value=1.2, raw_stderr=0.0)[0]
    assert _verdict(value=5.74, stderr=0.38, bound=None)[0]  # as older files are


def test_shots_that_all_agree_are_no_proof_of_an_error_bar() -> None:
    # 50 of 50 shots are 0; a qubit that is misread in 2.5 % of them is so with a chance of 0.28.
    assert _verdict(value=1.0526, stderr=0.003, raw_value=1.0, raw_stderr=0.0, shots=50)[0]


def test_a_value_beyond_its_norm_by_noise_is_flagged(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    values = [Valued(1.05, 0.04, 1.0), Valued(-1.05, 0.04, 1.0), Valued(0.99, 0.04, 1.0)]
    land(lake, chunk([Measured(ONE, ((500, 500),))], [*values, Valued(3.0, 0.04, None)]))
    found = views.query(lake.root, "SELECT outside FROM estimates ORDER BY point").rows
    assert found == ((True,), (True,), (False,), (None,))


def test_a_negative_number_of_shots_that_wrapped_around_is_refused(tmp_path: Path) -> None:
    tables = chunk([Measured(ONE, ((80, 40),))], [])
    wrapped = _changed(tables, "counts", 1, count=2**32 - 20)
    assert "add up to the shots that came back" in failures(a_lake(tmp_path), wrapped)


def test_what_was_paid_for_lands_whatever_else_the_lake_has_lost(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake", tmp_path / "quarantine")
    land(lake, chunk([Measured(ONE, ((80, 40),))], []))
    said = " ".join(str(found) for found in inconsistencies(lake.root))
    assert f"the compiled program {COMPILED}" in said
    assert f"the calibration {CALIBRATION}" in said


def test_a_compiled_program_needs_its_program(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake", tmp_path / "quarantine")
    said = failures(lake, {"compiled_programs": circuits()["compiled_programs"]})
    assert "got 'program 111111111111'" in said


def test_what_is_in_the_lake_need_not_land_again(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    tables = chunk([Measured(ONE, ((80, 40),), lost=3)], [Valued(0.1, 0.01, 1.0)])
    parts: list[Row] = tables["counts"]
    land(lake, {"executions": tables["executions"], "counts": parts}, name="first")
    land(lake, {"estimates": tables["estimates"]}, name="second")
    for path in Path(lake.root, "counts").rglob("*.parquet"):
        path.unlink()
    with pytest.raises(BrokenContract, match="add up to the shots that came back"):
        land(lake, {"counts": parts[:1]}, name="third")
    land(lake, {"counts": parts}, name="third")
    assert inconsistencies(lake.root) == []


def test_the_set_of_a_batch_stands_for_its_compiled_programs(tmp_path: Path) -> None:
    from tests.datasets.lake.lake_rows import good_rows

    lake = a_lake(tmp_path)
    (member,) = good_rows("members")[:1]
    tables = chunk([Measured(ONE, ((80, 40),))], [])
    land(lake, _changed(tables, "executions", 0, compiled_id=member["set_id"]))
    assert len(inconsistencies(lake.root)) == 1
    land(lake, {"members": [member | {"run_id": RUN_ID}]}, name="members")
    assert inconsistencies(lake.root) == []
