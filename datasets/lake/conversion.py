"""Turn rows into an Arrow table of exactly one schema, or say which cell does not fit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

from datasets.contracts.content import coded, compact
from datasets.lake.schema.columns import Column
from datasets.lake.schema.schemas import arrow_type, schema, table_of
from tasks.core.identity import canonical
from tasks.errors import Terminal

if TYPE_CHECKING:
    import pyarrow as pa

Rows: TypeAlias = "Sequence[Mapping[str, Any]] | pa.Table"


def to_table(name: str, rows: Rows) -> "pa.Table":
    """Return rows as a table with the schema's columns and types, in its order.

    An Arrow table never becomes Python objects; it may leave out columns that may be null, and
    have texts as dictionaries: a constant column is one text and a number a row. So are the texts
    that come back, as `content.coded` makes them.

    Nulls are let through wherever they are: refusing them is the contract's work, which keeps the
    rows. A JSON column takes text as it stands and makes canonical text of anything else.

    Raises:
        Terminal: an unknown or missing column, or a value of another type.
    """
    import pyarrow as pa

    columns = table_of(name).columns
    if isinstance(rows, pa.Table):
        _know(name, rows.column_names)
        arrays = [_from_arrow(name, column, rows) for column in columns]
    else:
        for row in rows:
            _know(name, row)
        arrays = [_from_rows(name, column, rows) for column in columns]
    return compact(pa.Table.from_arrays(arrays, [column.name for column in columns]))


def relaxed(name: str) -> "pa.Schema":
    """Return a table's schema without what a file need not carry: meanings, and null or not."""
    import pyarrow as pa

    return pa.schema([pa.field(field.name, field.type) for field in schema(name)])


def _know(name: str, given: Any) -> None:
    known = [column.name for column in table_of(name).columns]
    unknown = [column for column in given if column not in known]
    if unknown:
        message = f"{name} has no column {unknown[0]!r}. Its columns are: {', '.join(known)}."
        raise Terminal(message)


def _from_arrow(name: str, column: Column, table: "pa.Table") -> Any:
    import pyarrow as pa

    kind = arrow_type(column.kind)
    if column.name not in table.column_names:
        _require_optional(name, column)
        return pa.nulls(len(table), kind)
    given = table.column(column.name)
    _refuse_loose(name, column, given.type)
    if pa.types.is_dictionary(given.type) and pa.types.is_string(kind):
        return coded(given)
    try:
        return given.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise _misfit(name, column, str(given.type), error) from error


def _refuse_loose(name: str, column: Column, given: "pa.DataType") -> None:
    """Arrow would parse text as numbers and take a time without a zone for UTC: we do not."""
    import pyarrow as pa

    wanted = arrow_type(column.kind)
    parsed = pa.types.is_string(given) and not pa.types.is_string(wanted)
    spelled = pa.types.is_string(wanted) and not _is_texts(given)
    zoneless = pa.types.is_timestamp(given) and given.tz is None
    inexact = pa.types.is_decimal(wanted) and pa.types.is_floating(given)
    if not pa.types.is_null(given) and (parsed or spelled or zoneless or inexact):
        raise _misfit(name, column, str(given), None)


def _is_texts(given: "pa.DataType") -> bool:
    import pyarrow as pa

    inner = given.value_type if pa.types.is_dictionary(given) else given
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _from_rows(name: str, column: Column, rows: Sequence[Mapping[str, Any]]) -> "pa.Array":
    import pyarrow as pa

    if any(column.name not in row for row in rows):
        _require_optional(name, column)
    values = [row.get(column.name) for row in rows]
    if column.kind == "json":
        values = [v if v is None or isinstance(v, str) else canonical(v).decode() for v in values]
    for value in _telling(column, values):
        if value is not None and not _fits(column, value):
            at = next(at for at, other in enumerate(values) if other is value)
            raise _misfit(name, column, f"{value!r} in row {at}", None)
    try:
        return pa.array(values, arrow_type(column.kind))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError, ValueError) as error:
        raise _misfit(name, column, _first_misfit(column, values), error) from error


def _telling(column: Column, values: Sequence[Any]) -> Iterable[Any]:
    """Return values that fit exactly if all do: but for times the first of each type."""
    return values if column.kind == "time" else {type(v): v for v in reversed(values)}.values()


def _fits(column: Column, value: Any) -> bool:
    """Whether a value is of its column's kind; Arrow alone would cut 1.5 to 1, and True to 1."""
    match column.kind:
        case "id" | "text" | "json":
            return isinstance(value, str)
        case "int32" | "int64" | "uint32" | "uint64":
            return isinstance(value, Integral) and not isinstance(value, bool)
        case "float":
            return isinstance(value, Real) and not isinstance(value, bool)
        case "time":
            return isinstance(value, datetime) and value.tzinfo is not None
        case "bool":
            return type(value).__name__ in {"bool", "bool_"}  # numpy's are none of Python's
        case "money" | "bytes" | "texts" | "floats":
            return not isinstance(value, bool | float)
    assert_never(column.kind)


def _first_misfit(column: Column, values: Sequence[Any]) -> str:
    import pyarrow as pa

    for at, value in enumerate(values):
        try:
            pa.array([value], arrow_type(column.kind))
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError, ValueError):
            return f"{value!r:.80} in row {at}"
    return "values of several types"


def _require_optional(name: str, column: Column) -> None:
    if column.required:
        message = (
            f"{name}.{column.name} is missing ({column.meaning}) "
            f"Every row needs a {arrow_type(column.kind)}."
        )
        raise Terminal(message)


def _misfit(name: str, column: Column, given: str, error: Exception | None) -> Terminal:
    detail = f": {str(error).splitlines()[0]}" if error is not None else ""
    return Terminal(
        f"{name}.{column.name} takes {arrow_type(column.kind)}; got {given}{detail}. "
        "Give every value that type."
    )
