"""Choose few rows that break a contract exactly when all rows together do."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from datasets.contracts.content import is_text, numbered
from datasets.contracts.duplicates import countable, twins
from datasets.contracts.frames import frame

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

FEW_TEXTS = 256  # so many distinct texts are all shown; among more the broken one is looked for


class CannotTell(Exception):  # noqa: N818 - a signal within this file, never an error
    """A rule, or the column that it is about, is of a kind whose witnesses are not known."""


def witnesses(seen: "pa.Table", rules: Sequence[Mapping[str, Any]]) -> "pa.Table":
    """Return the rows that decide the rules; all rows where a rule is of an unknown kind.

    `seen` is what the rules see of the rows, as `frames.seen` gives it. The witnesses have nulls
    in the same columns, so that pandas gives them the same types.
    """
    found = {at for name in seen.column_names for at in _ends(seen.column(name))}
    try:
        for rule in rules:
            found.update(_decisive(seen, rule))
    except CannotTell:
        return seen
    return seen.take(sorted(found))


def _decisive(seen: "pa.Table", rule: Mapping[str, Any]) -> Sequence[int]:
    """Return the places of rows that decide one rule, beside those at each column's ends."""
    search, known = SEARCHES.get(rule["type"], (None, frozenset()))
    if search is None or not rule["kwargs"].keys() <= known:
        raise CannotTell
    return search(seen, **rule["kwargs"])


def _ends(column: "pa.ChunkedArray") -> list[int]:
    """Return the first row, the first null and the first value."""
    first = [0] if len(column) else []
    if column.null_count in {0, len(column)}:
        return first
    found = (_first(column.is_null(), value) for value in (True, False))
    return first + [at for at in found if at > 0]


def _first(column: "pa.ChunkedArray | pa.Array", value: Any) -> int:
    import pyarrow.compute as pc

    return int(pc.index(column, value).as_py())


def _nothing(_: "pa.Table", **__: Any) -> list[int]:
    return []


def _extremes(seen: "pa.Table", *, column: str, **_: Any) -> list[int]:
    """Whether all numbers are between two limits is decided by the lowest and the highest."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = seen.column(column)
    kind = values.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        raise CannotTell
    return [_first(values, one) for one in pc.min_max(values).values() if one.is_valid]


def _matching(seen: "pa.Table", *, column: str, regex: str) -> Sequence[int]:
    return _texts(seen, column, partial(_match, regex=regex))


def _member(seen: "pa.Table", *, column: str, value_set: Sequence[Any]) -> Sequence[int]:
    return _texts(seen, column, partial(_is_in, values=value_set))


def _parseable(seen: "pa.Table", *, column: str) -> Sequence[int]:
    return _texts(seen, column, _are_json)


def _match(texts: "pd.Series[str]", *, regex: str) -> Any:
    return texts.astype(str).str.contains(regex)  # as Great Expectations has it


def _is_in(texts: "pd.Series[str]", *, values: Sequence[Any]) -> Any:
    return texts.isin(values)


def _are_json(texts: "pd.Series[str]") -> Any:
    return texts.map(_is_json)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _texts(seen: "pa.Table", column: str, keeps: "Callable[[pd.Series[str]], Any]") -> list[int]:
    """Return the first row of every distinct text, or of the first that is broken among many."""
    import numpy as np

    if not is_text(seen.column(column).type):
        raise CannotTell
    texts = numbered(seen.column(column))
    first = _first_rows(texts)
    if len(first) <= FEW_TEXTS:
        return list(first.tolist())
    kept = keeps(texts.dictionary.to_pandas()).to_numpy(bool)
    return list(first[np.flatnonzero(~kept)[:1]].tolist())


def _first_rows(texts: "pa.DictionaryArray") -> "np.ndarray":
    """Return where each text of a dictionary in order of appearance appears first."""
    import numpy as np

    if len(texts.dictionary) == 1:
        return np.array([_first(texts.indices, 0)])
    numbers = texts.indices.fill_null(-1).to_numpy()
    changes = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    starts = np.concatenate((np.zeros(min(len(numbers), 1), np.int64), changes))
    highest = np.maximum.accumulate(numbers[starts])
    return starts[np.searchsorted(highest, np.arange(len(texts.dictionary)))]


def _not_twice(seen: "pa.Table", *, column: str) -> list[int]:
    """Return two rows of equal values; nulls are not values here."""
    import numpy as np

    values = seen.column(column)
    if not countable(values):
        raise CannotTell
    places = np.flatnonzero(values.is_valid().to_numpy())
    return [int(places[at]) for at in twins([values.drop_null()])]


def _not_twice_together(
    seen: "pa.Table", *, column_list: Sequence[str], ignore_row_if: str
) -> Sequence[int]:
    values = [seen.column(name) for name in column_list]
    if ignore_row_if != "never" or not all(map(countable, values)):
        raise CannotTell
    return twins(values)


def _ordered(
    seen: "pa.Table", *, ignore_row_if: str, or_equal: bool = False, **pair: str
) -> list[int]:
    """Return the first row whose first value is below its second, as pandas compares them."""
    import numpy as np

    if ignore_row_if != "either_value_is_missing":
        raise CannotTell
    columns = seen.select([pair["column_A"], pair["column_B"]])
    both = frame(columns)
    if any(column.null_count for column in columns.columns):
        both = both.dropna()
    larger, smaller = both[pair["column_A"]], both[pair["column_B"]]
    kept = larger >= smaller if or_equal else larger > smaller
    broken = np.flatnonzero(~kept.to_numpy(bool))[:1]
    return [int(both.index[at]) for at in broken]


# For each rule that is known: how its witnesses are found, and which of its arguments are known.
SEARCHES: Mapping[str, tuple[Callable[..., Sequence[int]], frozenset[str]]] = MappingProxyType(
    {
        "expect_column_values_to_not_be_null": (_nothing, frozenset({"column"})),
        "expect_column_values_to_be_null": (_nothing, frozenset({"column"})),
        "expect_column_values_to_be_between": (
            _extremes,
            frozenset({"column", "min_value", "max_value", "strict_min", "strict_max"}),
        ),
        "expect_column_values_to_match_regex": (_matching, frozenset({"column", "regex"})),
        "expect_column_values_to_be_in_set": (_member, frozenset({"column", "value_set"})),
        "expect_column_values_to_be_json_parseable": (_parseable, frozenset({"column"})),
        "expect_column_values_to_be_unique": (_not_twice, frozenset({"column"})),
        "expect_compound_columns_to_be_unique": (
            _not_twice_together,
            frozenset({"column_list", "ignore_row_if"}),
        ),
        "expect_column_pair_values_a_to_be_greater_than_b": (
            _ordered,
            frozenset({"column_A", "column_B", "ignore_row_if", "or_equal"}),
        ),
    }
)
