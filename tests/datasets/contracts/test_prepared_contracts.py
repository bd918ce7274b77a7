"""A contract whose graph is kept says of rows what Great Expectations says with all made anew."""

from functools import cache
from typing import Any

import pytest

from datasets.contracts import checking
from datasets.contracts.frames import frame, seen
from datasets.contracts.prepared import Prepared, prepare
from datasets.lake.conversion import to_table
from datasets.lake.schema.tables import TABLES
from tests.datasets.lake.lake_rows import good_rows

pytestmark = pytest.mark.slow  # the first check imports Great Expectations


@cache
def prepared(table: str) -> Prepared:
    return prepare(checking._suite(table).expectations)  # noqa: SLF001 - as the check makes it


def both(table: str, rows: list[dict[str, Any]]) -> tuple[bool, bool]:
    """Return what the kept graph says, and what Great Expectations does."""
    every = seen(table, to_table(table, rows))
    anew = checking._validated(table, every)  # noqa: SLF001 - the long way, whatever the short says
    return prepared(table).holds(frame(every)), anew.success


@pytest.mark.parametrize("table", TABLES)
def test_good_rows_and_no_rows_are_good_both_ways_and_in_any_order(table: str) -> None:
    rows = good_rows(table)
    for some in (rows, [], rows[::-1]):
        assert both(table, some) == (True, True)


@pytest.mark.parametrize("table", TABLES)
def test_a_column_that_goes_missing_is_judged_alike_both_ways(table: str) -> None:
    row = good_rows(table)[0]
    for column in TABLES[table].columns[::4]:  # each takes a tenth of a second
        kept, anew = both(table, [row | {column.name: None}])
        assert kept == anew
        assert not (kept and column.required)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_twice_is_refused_both_ways(table: str) -> None:
    row = good_rows(table)[0]
    assert both(table, [row, row]) == (False, False)


def test_what_cannot_be_computed_is_not_kept() -> None:
    row = good_rows("spend")[0]
    whole = frame(seen("spend", to_table("spend", [row])))
    assert prepared("spend").holds(whole)
    assert not prepared("spend").holds(whole.drop(columns=["usd"]))
