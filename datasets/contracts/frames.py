"""Rows as Great Expectations sees them: a data frame in which no value hides behind another."""

import math
from typing import TYPE_CHECKING, Any

from datasets.columns import Kind
from datasets.schemas import table_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def frame(table: str, rows: "pa.Table") -> "pd.DataFrame":
    """Return rows for checking, one column a column, with these differences.

    NaN becomes infinity, since pandas would take it for null; money becomes float; a list of
    numbers becomes its entry farthest from zero, a list of texts one text with commas, bytes hex.
    `counts` gets `outcome_width`: how many bits the outcome needs, null unless exactly one of
    `outcome` and `outcome_bits` is there.
    """
    import pandas as pd
    import pyarrow as pa

    columns = {
        column.name: _seen(column.kind, rows.column(column.name))
        for column in table_of(table).columns
    }
    if table == "counts":
        columns["outcome_width"] = _widths(rows)
    exact = {pa.uint64(): pd.UInt64Dtype()}  # as float, a nullable outcome would lose bits
    seen: pd.DataFrame = pa.table(columns).to_pandas(types_mapper=exact.get)
    return seen


def _seen(kind: Kind, column: "pa.ChunkedArray") -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    match kind:
        case "float":
            return pc.if_else(pc.is_nan(column), float("inf"), column)
        case "money":
            return column.cast(pa.float64())
        case "floats":
            return pa.array([_farthest(v) for v in column.to_pylist()], pa.float64())
        case "texts":
            return pc.binary_join(column, ",")
        case "bytes":
            return pa.array(
                [None if v is None else v.hex() for v in column.to_pylist()], pa.string()
            )
    return column


def _farthest(values: list[float | None] | None) -> float | None:
    if values is None:
        return None
    known = (math.inf if value is None or math.isnan(value) else abs(value) for value in values)
    return max(known, default=0.0)


def _widths(rows: "pa.Table") -> "pa.Array":
    """Return how many bits each outcome needs, exactly, also beyond 2**53."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    outcome, wide = (rows.column(name).combine_chunks() for name in ("outcome", "outcome_bits"))
    powers = np.uint64(1) << np.arange(64, dtype=np.uint64)
    widths = np.searchsorted(powers, outcome.fill_null(0).to_numpy(), side="right")
    for at in np.flatnonzero(wide.is_valid().to_numpy(zero_copy_only=False)):
        widths[at] = int.from_bytes(wide[int(at)].as_py(), "big").bit_length()
    both_or_none = pc.equal(outcome.is_valid(), wide.is_valid()).to_numpy(zero_copy_only=False)
    return pa.array(widths, pa.int64(), mask=both_or_none)
