"""Rows as Great Expectations sees them: a data frame in which no value hides behind another."""

import math
from typing import TYPE_CHECKING, Any

from datasets.contracts.content import one_chunk, plain
from datasets.contracts.meaning import Related, derived
from datasets.lake.schema.columns import Kind
from datasets.lake.schema.schemas import table_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

BLOCK = 16_384


def seen(table: str, rows: "pa.Table", related: Related | None = None) -> "pa.Table":
    """Return rows for checking, one column a column, with these differences.

    NaN becomes infinity, since pandas would take it for null; money becomes float; a list of
    numbers becomes its entry farthest from zero, a list of texts one text with commas, bytes hex.
    `counts` gets `outcome_width`: how many bits the outcome needs, null unless exactly one of
    `outcome` and `outcome_bits` is there. What `meaning.derived` makes of the rows comes last.
    """
    import pyarrow as pa

    columns = {
        column.name: _seen(column.kind, rows.column(column.name))
        for column in table_of(table).columns
    }
    if table == "counts":
        columns["outcome_width"] = _widths(rows)
    return pa.table(columns | derived(table, rows, related))


def frame(rows: "pa.Table") -> "pd.DataFrame":
    """Return the columns of `seen` as a data frame in which integers stay exact."""
    import pandas as pd
    import pyarrow as pa

    exact = {pa.uint64(): pd.UInt64Dtype()}  # as float, a nullable outcome would lose bits
    made: pd.DataFrame = plain(rows).to_pandas(types_mapper=exact.get)
    return made


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
            distinct = one_chunk(column).dictionary_encode()
            spelled = pa.array([v.hex() for v in distinct.dictionary.to_pylist()], pa.string())
            return pa.DictionaryArray.from_arrays(distinct.indices, spelled)
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

    outcome, wide = (one_chunk(rows.column(name)) for name in ("outcome", "outcome_bits"))
    widths = _bit_lengths(outcome.fill_null(0).to_numpy())
    for at in np.flatnonzero(wide.is_valid().to_numpy(zero_copy_only=False)):
        widths[at] = int.from_bytes(wide[int(at)].as_py(), "big").bit_length()
    both_or_none = pc.equal(outcome.is_valid(), wide.is_valid()).to_numpy(zero_copy_only=False)
    return pa.array(widths, pa.int32(), mask=both_or_none)


def _bit_lengths(numbers: "np.ndarray") -> "np.ndarray":
    """Return how many bits each number needs; in blocks that stay in the processor's cache."""
    import numpy as np

    lengths = np.empty(len(numbers), np.int32)
    for start in range(0, len(numbers), BLOCK):
        block = numbers[start : start + BLOCK]
        # With the second bit cleared no rounding to a float reaches the next power of two.
        leading = (block & ~(block >> np.uint64(1))).astype(np.float64)
        np.frexp(leading, out=(leading, lengths[start : start + BLOCK]))
    return lengths
