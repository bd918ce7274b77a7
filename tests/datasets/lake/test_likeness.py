"""The same work, done again, is the same file, whatever the clocks say; other counts are not."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.lake.batches import landed, prepare, publish
from datasets.lake.schema.tables import TABLES
from datasets.lake.stores import open_store
from tasks.errors import Terminal
from tests.datasets.lake.lake_rows import RUN_ID, good_rows, rows_of

OTHER_RUN = "0" * 32
LOOSE = {
    table: [column.name for column in defined.columns if column.incidental or column.volatile]
    for table, defined in TABLES.items()
}


@given(st.data())
def test_what_another_look_sees_otherwise_is_the_same_landing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    table = data.draw(st.sampled_from(sorted(TABLES)))
    rows = good_rows(table)
    seen = [data.draw(rows_of(table).filter(bool))[0] for _ in rows]
    again = [
        row | {name: other[name] for name in LOOSE[table] if row[name] is not None}
        for row, other in zip(rows, seen, strict=True)
    ]
    store = open_store(tmp_path_factory.mktemp("lake"))
    first = prepare(table, (RUN_ID, "one"), rows)
    assert publish(store, first)
    found = landed(store, prepare(table, (RUN_ID, "one"), data.draw(st.permutations(again))))
    assert found is not None
    assert found.sha256 == first.label.sha256


@pytest.mark.parametrize("table", sorted(TABLES))
def test_no_time_is_a_part_of_what_a_file_is(table: str) -> None:
    times = {column.name for column in TABLES[table].columns if column.kind == "time"}
    assert times - {"published_at"} <= set(LOOSE[table])  # which the vendor prints on the figures


@pytest.mark.parametrize("change", [{"count": 7}, {"point": 1}, {"variant": "zne:3"}])
def test_other_counts_are_another_landing(tmp_path: Path, change: dict[str, Any]) -> None:
    store = open_store(tmp_path)
    row = good_rows("counts")[0]
    publish(store, prepare("counts", (RUN_ID, "one"), [row]))
    (name,) = change
    with pytest.raises(Terminal, match=f"another `{name}`"):
        landed(store, prepare("counts", (RUN_ID, "one"), [row | change]))


def test_a_sum_may_differ_in_its_last_digit_and_no_further(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    row = good_rows("estimates")[0]
    publish(store, prepare("estimates", ("one",), [row]))
    last = row | {"value": row["value"] * (1 + 1e-13)}
    assert landed(store, prepare("estimates", ("one",), [last])) is not None
    with pytest.raises(Terminal, match="another `value`"):
        landed(store, prepare("estimates", ("one",), [row | {"value": row["value"] + 1e-6}]))


def test_a_file_that_its_content_names_is_of_whichever_run_came_first(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    row = good_rows("counts")[0]
    other = row | {"run_id": OTHER_RUN}
    for key in (("content",), (RUN_ID, "one")):
        publish(store, prepare("counts", key, [row | {"run_id": RUN_ID}]))
    assert landed(store, prepare("counts", ("content",), [other])) is not None
    with pytest.raises(Terminal, match="another `run_id`"):
        landed(store, prepare("counts", (RUN_ID, "one"), [other]))
