"""The same rows give the same bytes and checksum, whatever their layout in memory."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.contracts import content
from datasets.lake import encoding
from datasets.lake.batches import landed, prepare, publish
from datasets.lake.conversion import to_table
from datasets.lake.schema.tables import TABLES
from datasets.lake.stores import LocalStore
from datasets.lake.verification import problems
from tests.datasets.lake.lake_rows import good_rows, rows_of

pytestmark = pytest.mark.slow  # real Parquet, real DuckDB

CASES = st.sampled_from(sorted(TABLES)).flatmap(lambda t: st.tuples(st.just(t), rows_of(t)))


@given(CASES)
def test_a_file_gives_back_its_rows_its_label_and_its_bytes(
    case: tuple[str, list[dict[str, Any]]],
) -> None:
    table, rows = case
    batch = prepare(table, ("a", "B"), rows)
    data = encoding.encode(batch.rows, batch.label)
    again = encoding.decode(data)
    assert again.to_pylist() == rows
    assert encoding.read_label(data) == batch.label
    assert content.content_digest(again) == batch.label.sha256
    assert encoding.encode(again, batch.label) == data


@given(rows_of("estimates"), rows_of("estimates"))
def test_two_tables_have_one_digest_only_when_they_are_equal(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    first, second = to_table("estimates", one), to_table("estimates", other)
    same = content.content_digest(first) == content.content_digest(second)
    assert same == first.equals(second)


@given(rows_of("counts"), st.integers(0, 5))
def test_chunks_and_slices_do_not_change_the_digest(rows: list[dict[str, Any]], cut: int) -> None:
    whole = to_table("counts", rows)
    pieces = pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])
    assert content.content_digest(pieces) == content.content_digest(whole)


def test_only_volatile_columns_may_differ_within_one_identity() -> None:
    row = good_rows("compiled_programs")[0]
    first, slower, other = (
        prepare("compiled_programs", ("a",), [row | change]).label
        for change in ({}, {"compile_s": 9.0}, {"depth": 9})
    )
    assert first.identity == slower.identity != other.identity
    assert first.sha256 != slower.sha256


@pytest.mark.slow
def test_another_interpreter_writes_the_same_bytes() -> None:
    program = (
        "import sys; sys.path.insert(0, 'tests/datasets/lake')\n"
        "from lake_rows import good_rows; from datasets.lake import encoding, batches\n"
        "import hashlib\n"
        "b = batches.prepare('counts', ('a',), good_rows('counts'))\n"
        "print(hashlib.sha256(encoding.encode(b.rows, b.label)).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


@st.composite
def relaid(draw: st.DrawFn, table: str, rows: list[dict[str, Any]]) -> pa.Table:
    """The same rows in another layout: cut, with dictionaries in any order, nullable ones gone."""
    typed = content.plain(to_table(table, rows))
    for at, field in enumerate(typed.schema):
        column = typed.column(at)
        if pa.types.is_string(field.type) and draw(st.booleans()):
            extra = draw(
                st.permutations([*set(column.drop_null().to_pylist()), "unused", "x", "x"])
            )
            found = [None if v is None else extra.index(v) for v in column.to_pylist()]
            coded = pa.DictionaryArray.from_arrays(pa.array(found, pa.int8()), extra)
            typed = typed.set_column(at, field.name, coded)
    absent = [c.name for c in TABLES[table].columns if not c.required]
    empty = [name for name in absent if typed[name].null_count == len(typed)]
    cut = draw(st.integers(0, len(rows)))
    pieces = pa.concat_tables([typed.slice(0, cut), typed.slice(cut)])
    return pieces.drop_columns(empty) if empty and draw(st.booleans()) else pieces


@given(st.data(), CASES)
def test_equal_rows_are_one_landing_however_they_are_given(
    data: st.DataObject, case: tuple[str, list[dict[str, Any]]]
) -> None:
    table, rows = case
    by_rows = prepare(table, ("a",), rows)
    by_table = prepare(table, ("a",), data.draw(relaid(table, rows)))
    assert by_table.label == by_rows.label
    assert by_table.rows.equals(by_rows.rows)
    assert encoding.encode(by_table.rows, by_table.label) == encoding.encode(
        by_rows.rows, by_rows.label
    )


def test_each_form_has_bytes_of_its_own_for_the_same_rows() -> None:
    row = good_rows("counts")[0] | {"outcome": None}
    many = pa.concat_tables([to_table("counts", [row])] * 30_000)
    rows = many.set_column(
        many.schema.get_field_index("outcome"), "outcome", pa.array(range(30_000), pa.uint64())
    )
    batch = prepare("counts", ("a",), rows)
    found = {}
    for form in (1, 2, encoding.FORM):
        told = encoding.label("counts", ("a",), batch.rows, form=form)
        found[form] = encoding.encode(encoding.strict("counts", batch.rows), told)
        assert encoding.decode(found[form]).equals(encoding.decode(found[1]))
        assert encoding.is_as_written(found[form], batch.rows, told)
    assert len({len(data) for data in found.values()}) == len(found)


@given(CASES, st.integers(1, encoding.FORM - 1))
def test_what_was_landed_in_an_older_form_is_the_same_landing(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[str, list[dict[str, Any]]], form: int
) -> None:
    table, rows = case
    batch = prepare(table, ("a",), rows)
    old = replace(batch, label=encoding.label(table, ("a",), batch.rows, form=form))
    store = LocalStore(tmp_path_factory.mktemp("lake"))
    publish(store, old)
    assert landed(store, batch) == old.label
    assert problems(store, [table]) == []
