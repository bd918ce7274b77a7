"""A contract holds for the witnesses exactly when it holds for all rows."""

from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.contracts import checking, witnesses
from datasets.contracts.checking import check, contract
from datasets.contracts.duplicates import twins
from datasets.contracts.frames import seen
from datasets.lake.conversion import to_table
from datasets.lake.schema.tables import TABLES
from tests.datasets.lake.lake_rows import good_rows, rows_of

pytestmark = pytest.mark.slow  # Great Expectations on every example

EXAMPLES = 6  # of each table: each takes seconds, and `make explore` tries ten times as many

Rows = list[dict[str, Any]]

# Cells beyond what good rows and arbitrary ones have; each breaks or nearly breaks some rule.
ODD: dict[str, list[Any]] = {
    "text": ["", " ", "a\n", "raw", "zne:3", "é", "ZZQ", "{oops", "[1]", "online", "q3", "3-8"],
    "number": [-1, 0, 1, 2, 3, 2**31 - 1],
    "float": [float("nan"), float("inf"), -float("inf"), -0.0, -1e-9, 1.0, 1.01],
}
KINDS = {"id": "text", "text": "text", "json": "text", "float": "float"} | dict.fromkeys(
    ("int32", "int64", "uint32", "uint64"), "number"
)


@st.composite
def planted(draw: st.DrawFn, table: str) -> Rows:
    """Many rows that keep the contract, and a few changes anywhere in them."""
    rows = [dict(_distinct(table, at)) for at in range(draw(st.integers(1, 40)))]
    for _ in range(draw(st.integers(0, 3))):
        at, column = draw(st.integers(0, len(rows) - 1)), draw(st.sampled_from(_columns(table)))
        rows[at][column] = draw(_cells(table, column))
    if draw(st.booleans()):
        rows.append(dict(draw(st.sampled_from(rows))))
    return rows


@cache
def _good(table: str) -> dict[str, Any]:
    return good_rows(table)[0]


@cache
def _columns(table: str) -> list[str]:
    return [column.name for column in TABLES[table].columns]


def _cells(table: str, name: str) -> st.SearchStrategy[Any]:
    (column,) = (column for column in TABLES[table].columns if column.name == name)
    odd = [value for value in ODD.get(KINDS.get(column.kind, ""), []) if _fits(column.kind, value)]
    strange = rows_of(table).filter(bool).map(lambda rows: rows[0][name])
    return st.sampled_from([None, *odd]) | strange


def _fits(kind: str, value: Any) -> bool:
    return not (kind.startswith("uint") and value < 0)


def _distinct(table: str, at: int) -> dict[str, Any]:
    """Return a good row whose key no other number gives."""
    row = _good(table)
    for column in TABLES[table].columns:
        if column.name in TABLES[table].key and column.kind == "id":
            return row | {column.name: f"{at:0{len(row[column.name].replace('-', ''))}x}"}
    return row | {"at": row["at"].replace(microsecond=at)}


def _verdicts(table: str, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, Any]]:
    typed = to_table(table, rows)
    verdicts = []
    for few in (0, len(rows)):  # by witnesses, by all rows
        monkeypatch.setattr(checking, "FEW_ROWS", few)
        verdict = check(table, typed)
        verdicts.append((verdict.success, verdict.failed))
    return verdicts


@settings(max_examples=EXAMPLES)
@given(data=st.data(), few_texts=st.sampled_from([0, 256]))
@pytest.mark.parametrize("table", TABLES)
def test_witnesses_and_all_rows_get_the_same_verdict(
    table: str, few_texts: int, data: st.DataObject
) -> None:
    rows = data.draw(planted(table))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(witnesses, "FEW_TEXTS", few_texts)
        by_few, by_all = _verdicts(table, rows, patch)
    assert by_few == by_all


@settings(max_examples=EXAMPLES)
@given(data=st.data())
@pytest.mark.parametrize("table", TABLES)
def test_arbitrary_rows_get_the_same_verdict_too(table: str, data: st.DataObject) -> None:
    rows = data.draw(rows_of(table))
    with pytest.MonkeyPatch.context() as patch:
        by_few, by_all = _verdicts(table, rows, patch)
    assert by_few == by_all


@pytest.mark.parametrize("table", TABLES)
def test_a_good_table_of_any_size_has_few_witnesses(table: str) -> None:
    rules = contract(table)["expectations"]
    every = seen(table, to_table(table, [_distinct(table, at) for at in range(2_000)]))
    chosen = witnesses.witnesses(every, rules)
    conditional = any("row_condition" in rule["kwargs"] for rule in rules)
    assert len(chosen) == len(every) if conditional else len(chosen) < 100


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "expect_column_mean_to_be_between", "kwargs": {"column": "count"}},
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "count", "mostly": 1}},
        {"type": "expect_column_values_to_be_between", "kwargs": {"column": "basis"}},
    ],
)
def test_a_rule_of_an_unknown_kind_is_held_against_all_rows(rule: dict[str, Any]) -> None:
    every = seen("counts", to_table("counts", good_rows("counts")))
    assert witnesses.witnesses(every, [rule]).equals(every)


WORDS = st.sampled_from([0, 1, 2**63, 2**64 - 1])
CELLS = st.tuples(st.none() | WORDS, st.none() | WORDS, st.none() | st.sampled_from("ab"))


@settings(max_examples=200)
@given(st.lists(CELLS, max_size=12))
def test_twins_are_two_equal_rows_and_are_found_if_there_are_any(
    rows: list[tuple[int | None, int | None, str | None]],
) -> None:
    kinds = (pa.uint64(), pa.uint64(), pa.string())
    columns = [pa.chunked_array([[row[at] for row in rows]], kind) for at, kind in enumerate(kinds)]
    found = twins(columns)
    assert bool(found) == (len(set(rows)) < len(rows))
    assert len({rows[at] for at in found}) == len(found) // 2
