"""Rows for the lake's tests: arbitrary ones that fit a schema, and good ones."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from datasets.lake import encoding
from datasets.lake.schema.columns import Column, Kind
from datasets.lake.schema.schemas import table_of

GOLDEN = Path(__file__).parents[2] / "golden" / "v1"
RUN_ID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_FLOAT = st.floats(allow_nan=False)
_VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    "id": _TEXT,
    "text": _TEXT,
    "json": _TEXT,
    "texts": st.lists(_TEXT, max_size=3),
    "time": st.datetimes(
        datetime(1970, 1, 1),  # noqa: DTZ001 - the zone is given beside it
        datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    "money": st.decimals(Decimal(-(10**12) + 1), Decimal(10**12 - 1), places=6),
    "bool": st.booleans(),
    "int32": st.integers(-(2**31), 2**31 - 1),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "uint32": st.integers(0, 2**32 - 1),
    "uint64": st.integers(0, 2**64 - 1),
    "float": _FLOAT,
    "floats": st.lists(_FLOAT, max_size=3),
    "bytes": st.binary(max_size=12),
}


def rows_of(table: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows that fit the table's schema, whatever its contract thinks of them."""
    cells = {column.name: _cell(column) for column in table_of(table).columns}
    return st.lists(st.fixed_dictionaries(cells), max_size=5)


def good_rows(table: str) -> list[dict[str, Any]]:
    """Rows that keep the table's contract, in the columns of today."""
    path = GOLDEN / "lake" / table / "v1" / "golden.parquet"
    rows: list[dict[str, Any]] = encoding.decode(path.read_bytes()).to_pylist()
    columns = [column.name for column in table_of(table).columns]
    return [{name: row.get(name) for name in columns} for row in rows]


def _cell(column: Column) -> st.SearchStrategy[Any]:
    values = _VALUES[column.kind]
    return values if column.required else st.none() | values
