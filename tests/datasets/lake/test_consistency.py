"""`qrt verify` names rows that do not agree with others, one line each."""

from pathlib import Path

import pytest

from datasets.lake.batches import prepare, publish
from datasets.lake.consistency import MOST_TOLD, inconsistencies
from datasets.lake.stores import LocalStore
from tests.datasets.lake.chunk_rows import COMPILED, Measured, Tables, Valued, chunk, circuits
from tests.datasets.lake.lake_rows import RUN_ID, good_rows

pytestmark = pytest.mark.slow  # real Parquet, real DuckDB

ONE, OTHER = "3f" * 20, "a7" * 20
NOBODY = "ab" * 32


def told(folder: Path, tables: Tables) -> list[tuple[str, str]]:
    """Return what is said of tables that no contract was asked about."""
    for table, rows in tables.items():
        if rows:
            publish(LocalStore(folder), prepare(table, ("a",), rows))
    return [(one.subject, one.text) for one in inconsistencies(folder)]


def good() -> Tables:
    made = chunk(
        [Measured(ONE, ((600, 400),), lost=5), Measured(OTHER, ((50,),))],
        [Valued(0.2, 0.01, 1.0, behind=(0, 1)), Valued(1.02, 0.01, 1.0)],
    )
    return circuits() | made


def without(tables: Tables, table: str, at: int) -> Tables:
    return tables | {table: [row for n, row in enumerate(tables[table]) if n != at]}


def changed(table: str, **cells: object) -> Tables:
    tables = good()
    return tables | {table: [tables[table][0] | cells, *tables[table][1:]]}


def test_a_lake_that_agrees_has_nothing_to_tell(tmp_path: Path) -> None:
    assert told(tmp_path / "none", {}) == []
    assert told(tmp_path / "good", good()) == []


@pytest.mark.parametrize(
    ("tables", "subject", "text"),
    [
        (without(good(), "counts", 1), ONE, "600 shots of it are counted, and 1,000 came back."),
        (without(good(), "counts", 2), OTHER, "0 shots of it are counted, and 50 came back."),
        (changed("counts", count=2**32 - 20), ONE, "4,294,967,676 shots of it are counted"),
        (changed("executions", shots_requested=9), ONE, "1,000 shots of it came back, and 9 were"),
        (without(good(), "executions", 1), OTHER, "It has counts, and is not in the lake itself."),
        (changed("estimates", execution_id=NOBODY[:40]), NOBODY[:40], "It has estimates, and is"),
        (
            changed("estimates", execution_ids=[ONE, NOBODY[:40]]),
            ONE,
            "also made of execution abab",
        ),
        (changed("executions", compiled_id=NOBODY), ONE, f"It ran the compiled program {NOBODY}"),
        (changed("executions", calibration_id=NOBODY), ONE, "It was compiled for the calibration"),
        (without(good(), "programs", 0), COMPILED, "It is of the program 1111"),
        (changed("estimates", value=5.74, stderr=0.38), RUN_ID, "Z0*Z1 at point 0 is 5.74 ± 0.38"),
    ],
)
def test_each_row_that_does_not_agree_is_named(
    tables: Tables, subject: str, text: str, tmp_path: Path
) -> None:
    found = told(tmp_path, tables)
    assert any(one.endswith(subject) and text in said for one, said in found)
    assert all("\n" not in said for _, said in found)


def test_what_a_running_run_is_landing_is_not_missed(tmp_path: Path) -> None:
    run = next(row for row in good_rows("runs") if row["run_id"] == RUN_ID)
    tables = good() | {"runs": [run | {"state": "running"}], "counts": [], "estimates": []}
    assert told(tmp_path, tables) == []


def test_many_of_a_kind_are_counted(tmp_path: Path) -> None:
    many = [Measured(f"{at:040x}", ((10,),)) for at in range(MOST_TOLD + 7)]
    found = told(tmp_path, circuits() | chunk(many, []) | {"counts": []})
    assert len(found) == MOST_TOLD + 1
    assert found[-1] == ("the lake", "7 more rows have the same fault.")
