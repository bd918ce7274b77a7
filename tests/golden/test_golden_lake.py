"""Rows of every released schema version load for ever, to the last bit."""

import json
from pathlib import Path
from typing import Any

import pytest

from datasets.lake import views
from datasets.lake.schema.columns import Column
from datasets.lake.schema.schemas import SCHEMA_VERSIONS, arrow_type
from datasets.lake.schema.tables import TABLES
from datasets.lake.stores import LocalStore
from datasets.lake.verification import problems

RELEASES = sorted(path for path in Path(__file__).parent.glob("v*") if path.is_dir())
CASES = [
    (release, table, rows)
    for release in RELEASES
    for table, rows in json.loads((release / "rows.json").read_text("utf-8")).items()
]


@pytest.mark.parametrize(
    ("release", "table", "rows"),
    CASES,
    ids=[f"{release.name}-{table}" for release, table, _ in CASES],
)
def test_golden_rows_read_as_when_they_were_landed(
    release: Path, table: str, rows: list[dict[str, Any]]
) -> None:
    columns = ", ".join(f'"{name}"' for name in rows[0])
    sql = f"SELECT {columns} FROM {table} ORDER BY ALL"  # noqa: S608 - our own names
    assert views.query(release / "lake", sql).records() == rows


@pytest.mark.parametrize("release", RELEASES, ids=[release.name for release in RELEASES])
def test_golden_files_are_intact(release: Path) -> None:
    found = problems(LocalStore(release / "lake"))
    # The golden `quality` row tells of a file that never was.
    told = [("x.parquet", "missing")] if (release / "lake" / "quality").exists() else []
    assert [(Path(p.path).name, p.fault) for p in found] == told


def test_every_version_of_every_table_has_golden_rows() -> None:
    for table, newest in SCHEMA_VERSIONS.items():
        for version in range(1, newest + 1):
            assert any(
                release.joinpath("lake", table, f"v{version}").is_dir() for release in RELEASES
            )


def test_the_columns_of_a_released_version_do_not_change() -> None:
    released = json.loads((Path(__file__).parent / "v1" / "columns.json").read_text("utf-8"))
    for name, columns in released.items():
        if SCHEMA_VERSIONS[name] == 1:
            assert {c.name: _nature(c) for c in TABLES[name].columns} == columns


def _nature(column: Column) -> str:
    """What readers, writers and checksums rely on."""
    words = [f"{arrow_type(column.kind)}"]
    words += ["required"] if column.required else []
    words += ["volatile"] if column.volatile else []
    return " ".join(words)
