"""Compare two landings of one file, but for columns that a repetition may change."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from datasets.contracts.content import one_chunk, plain
from datasets.lake.schema.schemas import table_of

if TYPE_CHECKING:
    import pyarrow as pa

# Sums in another order, on another processor or by another library, differ in the last digits.
RELATIVE = 1e-9
ABSOLUTE = 1e-12


def difference(
    there: "pa.Table", wanted: "pa.Table", *, table: str, key: Sequence[str]
) -> str | None:
    """Return the first difference between two landings under one key, or None; row order is none.

    A file that its content names, and not its run, is of whichever run landed it first.
    """
    if len(there) != len(wanted):
        return f"{len(there):,} rows in place of {len(wanted):,}"
    named = any(_names_run(rows, key) for rows in (there, wanted))
    columns = list(_telling(table, by_run=named))
    one, other = plain(there.select(columns)), plain(wanted.select(columns))
    found = _first(one, other)
    if found is None:
        return None
    order = list(_order(one, table_of(table).key))
    found = _first(one.sort_by(order), other.sort_by(order))
    return found and f"another `{found}`"


def _telling(table: str, *, by_run: bool) -> Iterator[str]:
    """Yield the columns that are the same whoever does the work again."""
    for column in table_of(table).columns:
        loose = column.volatile or column.incidental
        if not loose and (by_run or column.name != "run_id"):
            yield column.name


def _order(rows: "pa.Table", key: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what rows are sorted by: their key, then what is exact, then all else."""
    import pyarrow as pa

    names = [field.name for field in rows.schema if not pa.types.is_list(field.type)]
    ranks = {
        name: (name not in key, pa.types.is_floating(rows.schema.field(name).type))
        for name in names
    }
    yield from ((name, "ascending") for name in sorted(names, key=lambda name: ranks[name]))


def _names_run(rows: "pa.Table", key: Sequence[str]) -> bool:
    import pyarrow as pa

    if "run_id" not in rows.column_names:
        return False
    runs = rows.column("run_id").cast(pa.string()).unique().to_pylist()
    return any(run in key for run in runs)


def _first(one: "pa.Table", other: "pa.Table") -> str | None:
    """Return the first column whose values differ."""
    return next(
        (name for name in one.column_names if not _alike(one.column(name), other.column(name))),
        None,
    )


def _alike(one: "pa.ChunkedArray", other: "pa.ChunkedArray") -> bool:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if one.equals(other):
        return True
    kind = one.type.value_type if pa.types.is_list(one.type) else one.type
    if not pa.types.is_floating(kind):
        return False
    first, second = one_chunk(one), one_chunk(other)
    if pa.types.is_list(one.type):
        if not pc.list_value_length(first).equals(pc.list_value_length(second)):
            return False
        first, second = first.flatten(), second.flatten()
    if not first.is_null().equals(second.is_null()):
        return False
    left, right = (each.drop_null().to_numpy(zero_copy_only=False) for each in (first, second))
    return bool(np.allclose(left, right, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True))
