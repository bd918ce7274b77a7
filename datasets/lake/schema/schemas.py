"""The lake's schemas: one versioned Arrow schema a table, built from its columns."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from datasets.lake.schema.columns import Column, Kind, Table
from datasets.lake.schema.tables import TABLES
from tasks.errors import UnknownName

if TYPE_CHECKING:
    import pyarrow as pa

LAKE_VERSION = 1

# Version 2 of the estimates knows the points of sweeps, that of the snapshots their documents,
# that of the executions their engine, and what was in force when they were submitted, that of the
# runs which of their states came after which. Then runs, executions and iterations came to tell
# what was charged from what it would cost where nobody charges. Version 3 of the estimates knows
# the norms of their observables.
_NEWER = {"estimates": 3, "device_snapshots": 2, "executions": 3, "runs": 3, "iterations": 2}
SCHEMA_VERSIONS: Mapping[str, int] = MappingProxyType(dict.fromkeys(TABLES, 1) | _NEWER)


def table_of(name: str) -> Table:
    """Return a table's definition.

    Raises:
        UnknownName: there is no such table.
    """
    if name not in TABLES:
        kind = "table"
        raise UnknownName(kind, name, TABLES)
    return TABLES[name]


@cache
def schema(name: str) -> "pa.Schema":
    """Return a table's Arrow schema: null only where allowed, meaning and unit as metadata."""
    import pyarrow as pa

    fields = [
        pa.field(column.name, arrow_type(column.kind), not column.required, _metadata(column))
        for column in table_of(name).columns
    ]
    return pa.schema(fields, metadata={"table": name, "schema_version": str(SCHEMA_VERSIONS[name])})


@cache
def arrow_type(kind: Kind) -> "pa.DataType":
    """Return the Arrow type of a kind of column."""
    import pyarrow as pa

    types: dict[Kind, pa.DataType] = {
        "id": pa.string(),
        "text": pa.string(),
        "json": pa.string(),
        "texts": pa.list_(pa.string()),
        "time": pa.timestamp("us", tz="UTC"),
        "money": pa.decimal128(18, 6),
        "bool": pa.bool_(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "uint32": pa.uint32(),
        "uint64": pa.uint64(),
        "float": pa.float64(),
        "floats": pa.list_(pa.float64()),
        "bytes": pa.binary(),
    }
    return types[kind]


def _metadata(column: Column) -> dict[str, str]:
    return {"meaning": column.meaning} | ({"unit": column.unit} if column.unit else {})
