"""Rows become a table of exactly one schema, or the message says which cell does not fit."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.lake.conversion import to_table
from datasets.lake.schema.schemas import schema
from datasets.lake.schema.tables import TABLES
from tasks.errors import Terminal
from tests.datasets.lake.lake_rows import RUN_ID, good_rows, rows_of


@given(st.sampled_from(sorted(TABLES)).flatmap(lambda t: st.tuples(st.just(t), rows_of(t))))
def test_rows_come_back_as_they_were(case: tuple[str, list[dict[str, Any]]]) -> None:
    table, rows = case
    assert to_table(table, rows).to_pylist() == rows


@given(rows_of("counts"))
def test_an_arrow_table_and_its_rows_give_the_same(rows: list[dict[str, Any]]) -> None:
    typed = pa.Table.from_pylist(rows, schema("counts"))
    shuffled = typed.select(list(reversed(typed.column_names)))
    assert to_table("counts", shuffled).equals(to_table("counts", rows))


def test_every_table_has_a_field_for_every_column() -> None:
    for name, table in TABLES.items():
        assert schema(name).names == [column.name for column in table.columns]
        assert set(table.key) <= set(schema(name).names)


def test_a_json_column_takes_values_and_text_alike() -> None:
    row = good_rows("programs")[0]
    spelled = to_table("programs", [row | {"observables": '[["Z",0.5]]'}])
    valued = to_table("programs", [row | {"observables": [["Z", 0.5]]}])
    assert spelled.equals(valued)


def test_times_of_other_zones_become_utc() -> None:
    east = datetime(2026, 5, 5, 12, tzinfo=timezone(timedelta(hours=2)))
    row = good_rows("spend")[0] | {"at": east}
    assert to_table("spend", [row]).column("at")[0].as_py() == datetime(2026, 5, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"usd": 0.1}, "spend.usd takes decimal128.*0.1 in row 0"),
        ({"usd": Decimal("0.0000001")}, "spend.usd"),
        ({"at": datetime(2026, 5, 5)}, "spend.at takes timestamp"),  # noqa: DTZ001 - the fault
        ({"at": "2026-05-05"}, "spend.at"),
        ({"at": 0}, "spend.at"),
        ({"tenant": 7}, "spend.tenant takes string.*7 in row 0"),
        ({"tennant": "x"}, "spend has no column 'tennant'.*tenant"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(change: dict[str, Any], says: str) -> None:
    with pytest.raises(Terminal, match=says):
        to_table("spend", [good_rows("spend")[0] | change])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("count", -1),
        ("count", 2**32),
        ("count", "3"),
        ("outcome", -1),
        ("outcome", 2**64),
        ("point", 1.5),
        ("point", True),
        ("basis", b"ZZZ"),
    ],
)
def test_a_number_that_does_not_fit_is_refused(column: str, value: object) -> None:
    with pytest.raises(Terminal, match=f"counts.{column} takes"):
        to_table("counts", [good_rows("counts")[0] | {column: value}])


@pytest.mark.parametrize(
    ("column", "array"),
    [
        ("count", pa.array(["3"])),
        ("count", pa.array([2**40])),
        ("basis", pa.array([7])),
        ("at", pa.array([0], pa.timestamp("us"))),
        ("usd", pa.array([0.5])),
    ],
)
def test_an_arrow_column_is_not_parsed_rounded_or_spelled(column: str, array: pa.Array) -> None:
    table = "counts" if column in {"count", "basis"} else "spend"
    given_rows = pa.Table.from_pylist(good_rows(table)[:1])
    at = given_rows.column_names.index(column)
    with pytest.raises(Terminal, match=f"{table}.{column} takes"):
        to_table(table, given_rows.set_column(at, column, array))


def test_a_missing_required_column_is_named_with_its_meaning() -> None:
    with pytest.raises(Terminal, match=r"spend\.tenant is missing .Who pays"):
        to_table("spend", [{"run_id": RUN_ID, "entry_id": "55" * 16}])
    with pytest.raises(Terminal, match=r"spend\.entry_id is missing"):
        to_table("spend", pa.table({"run_id": [RUN_ID]}))


def test_a_missing_optional_column_is_null() -> None:
    rows = [{k: v for k, v in row.items() if v is not None} for row in good_rows("executions")]
    assert to_table("executions", rows).to_pylist() == good_rows("executions")
