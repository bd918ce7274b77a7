"""Find two rows that agree in all of some columns, in one pass where rows are in order."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from datasets.contracts.content import is_text, numbered, one_chunk

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

WORD = 2**64


def countable(column: "pa.ChunkedArray") -> bool:
    """Whether equality of the column's values is that of the numbers given to them here."""
    import pyarrow as pa

    kind = column.type
    return bool(is_text(kind) or pa.types.is_integer(kind) or pa.types.is_timestamp(kind))


def twins(columns: "Sequence[pa.ChunkedArray]") -> tuple[int, ...]:
    """Return the places of two rows that are equal in every column, null to null; else none.

    Columns are `countable`. Each row is one number, its columns being the digits.
    """
    import numpy as np

    key, size = np.zeros(len(columns[0]), np.uint64), 1
    for column in columns:
        digit, base = _numbered(column)
        if base == 1:
            continue
        if size * base > WORD:
            key, size = _ranked(key)
        if size * base > WORD:
            digit, base = _ranked(digit)
        key = key * np.uint64(base % WORD) + digit if size > 1 else digit
        size *= base
    if (key[1:] > key[:-1]).all():
        return ()
    ordered = np.sort(key)
    same = np.flatnonzero(ordered[1:] == ordered[:-1])[:1]
    return tuple(np.flatnonzero(key == ordered[same[0]])[:2].tolist()) if len(same) else ()


def _numbered(column: "pa.ChunkedArray") -> "tuple[np.ndarray, int]":
    """Return a number from 0 for each value, equal where the values are, and how many there are."""
    import numpy as np
    import pyarrow.compute as pc

    numbers = _whole_numbers(column)
    lowest, highest = (one.as_py() for one in pc.min_max(numbers).values())
    if lowest is None:
        return np.zeros(len(column), np.uint64), 1
    digit = numbers.fill_null(lowest).to_numpy().astype(np.uint64) - np.uint64(
        lowest % WORD
    )  # wraps around below zero
    base = highest - lowest + 1
    if not column.null_count:
        return digit, base
    if base == WORD:
        digit, base = _ranked(digit)
    digit[numbers.is_null().to_numpy(zero_copy_only=False)] = base
    return digit, base + 1


def _whole_numbers(column: "pa.ChunkedArray") -> "pa.Array":
    import pyarrow as pa

    if is_text(column.type):
        return numbered(column).indices
    whole = one_chunk(column)
    return whole.cast(pa.int64()) if pa.types.is_timestamp(whole.type) else whole


def _ranked(numbers: "np.ndarray") -> "tuple[np.ndarray, int]":
    import numpy as np

    distinct, rank = np.unique(numbers, return_inverse=True)
    return rank.astype(np.uint64), len(distinct)
