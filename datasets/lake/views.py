"""Read the lake with SQL: one DuckDB view a table, in memory, over every released version."""

import atexit
import math
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from uuid import UUID

from datasets.files.storage_faults import explain
from datasets.lake.conversion import relaxed
from datasets.lake.release import refuse_newer
from datasets.lake.schema.columns import Kind
from datasets.lake.schema.old_money import READINGS, in_order, is_old, needed_by
from datasets.lake.schema.schemas import SCHEMA_VERSIONS, table_of
from datasets.lake.schema.tables import TABLES
from datasets.lake.schema.view_sql import VIEW_SQL
from datasets.lake.stores import LocalStore, ObjectStore, Store, open_store
from tasks.errors import BadInput, StorageFault

if TYPE_CHECKING:
    import duckdb

SQL_TYPES: Mapping[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "json": "VARCHAR",
    "texts": "VARCHAR[]",
    "time": "TIMESTAMPTZ",
    "money": "DECIMAL(18, 6)",
    "bool": "BOOLEAN",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "uint32": "UINTEGER",
    "uint64": "UBIGINT",
    "float": "DOUBLE",
    "floats": "DOUBLE[]",
    "bytes": "BLOB",
}

# Words of SQL that may reach tables which it does not name; what tells of the catalogue, and
# `query('...')` or `query_table('...')`, whose text may be put together.
ANY_TABLE = ("schema", "show", "duckdb_", "pragma", "pg_", "sqlite_", "query")
# One query at a time in a process: the views of a kept database are those of its last query.
_turn = threading.RLock()


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query returned: column names, and values in DuckDB's Python types."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self) -> list[dict[str, Any]]:
        """Return one object a row, in values that JSON has."""
        return [dict(zip(self.columns, map(to_plain, row), strict=True)) for row in self.rows]


def connect(lake_root: str | Path) -> "duckdb.DuckDBPyConnection":
    """Open the lake for reading; times are UTC, and no file outside of the lake can be touched.

    Each table is a view, empty while nothing is landed, over what is landed at this moment.
    `counts` has `bitstring`, first measured qubit leftmost; `executions` whether one `straddles` a
    recalibration; `estimates` whether one is `outside` of what its observable can be; `runs` the
    latest row of each run.

    Raises:
        StorageFault: the lake cannot be listed.
        BadInput: the root is neither a folder nor an s3:// URI.
    """
    with explain(lake_root, run_id=None):
        return open_views(open_store(lake_root))


def open_views(store: Store) -> "duckdb.DuckDBPyConnection":
    """Open the files of a store as `connect` does."""
    connection = _database(store)
    refuse_newer(store)
    _show(connection, store, TABLES)
    return connection


def query(lake_root: str | Path, sql: str) -> Rows:
    """Run one SELECT (or SHOW, DESCRIBE, SUMMARIZE) over the lake.

    Raises:
        BadInput: the SQL is wrong, or does something else than read.
        StorageFault: a file cannot be read.
    """
    import duckdb

    store = open_store(lake_root)
    with _opened(store) as connection:
        try:
            _refuse_all_but_reading(connection.extract_statements(sql))
            with explain(lake_root, run_id=None):
                named = tables_in(sql)
                refuse_newer(store, TABLES if isinstance(store, LocalStore) else named)
                _show(connection, store, named)
            result = connection.execute(sql)
            columns = tuple(column[0] for column in result.description or ())
            return Rows(columns, tuple(result.fetchall()))
        except duckdb.Error as error:
            if _names_a_file(error, store):
                message = f"{_one_line(error)}. `qrt verify` lists damaged files, and what to do."
                raise StorageFault(message) from error
            raise BadInput(_one_line(error)) from error


def tables_in(sql: str) -> Collection[str]:
    """Return the tables that a query may read: those whose names are in its text.

    All, if there is none, as in SHOW TABLES, or if it may read others.
    """
    text = sql.lower()
    named = [name for name in TABLES if name in text]
    return named if named and not any(word in text for word in ANY_TABLE) else TABLES


def to_plain(value: Any) -> Any:
    """Return a value as JSON has it: money a number, times ISO 8601 in UTC, NaN null."""
    match value:
        case list() | tuple():
            return [to_plain(item) for item in value]
        case dict():
            return {str(key): to_plain(item) for key, item in value.items()}
        case datetime() | date() | time() | timedelta():
            return _plain_time(value)
        case float() | Decimal():
            return float(value) if math.isfinite(value) else None
        case bytes() | UUID():
            return value.hex() if isinstance(value, bytes) else str(value)
    return value


def _plain_time(value: date | time | timedelta) -> str | float:
    match value:
        case datetime():
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return aware.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case timedelta():
            return value.total_seconds()
    return value.isoformat()


@contextmanager
def _opened(store: Store) -> "Iterator[duckdb.DuckDBPyConnection]":
    """Yield a database over a store; those over folders are kept, for opening takes 20 ms."""
    if not isinstance(store, LocalStore):
        with _database(store) as connection:
            yield connection
        return
    with _turn:
        yield _kept_database(store)


@lru_cache(maxsize=4)
def _kept_database(store: LocalStore) -> "duckdb.DuckDBPyConnection":
    atexit.register(_kept_database.cache_clear)  # or DuckDB's binding tells of leaks at the end
    return _database(store)


def _database(store: Store) -> "duckdb.DuckDBPyConnection":
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    connection.execute("SET python_enable_replacements = false")
    if isinstance(store, LocalStore):
        connection.execute(f"SET allowed_directories = [{_quoted(f'{store.root}/')}]")
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    return connection


def _show(connection: "duckdb.DuckDBPyConnection", store: Store, tables: Collection[str]) -> None:
    """Create the views of tables over what is landed now."""
    import duckdb

    parts = {name: _parts(connection, store, name) for name in tables}
    parts |= {name: _parts(connection, store, name) for name in needed_by(parts)}
    for name in in_order(parts):
        try:
            _create(connection, name, parts=parts[name])
        except duckdb.Error as error:  # a damaged file is the fault of those who read its table
            _define(connection, name, f"SELECT error({_quoted(_one_line(error))})")


def _create(
    connection: "duckdb.DuckDBPyConnection", name: str, *, parts: Mapping[int, str]
) -> None:
    """Create a table's view: its one part as it is if that has all columns, else all by name.

    Beside a union DuckDB neither counts rows from the files' footers nor reads files as quickly.
    """
    import duckdb

    columns = table_of(name).columns
    shape = VIEW_SQL.get(name, "SELECT * FROM stored")
    if len(parts) == 1:
        (part,) = parts.values()
        named = ", ".join(f'"{column.name}"' for column in columns)
        with suppress(duckdb.BinderException):
            stored = f"SELECT {named} FROM {part}"  # noqa: S608 - our own names, quoted
            _view(connection, name, stored, shape)
            return
    typed = ", ".join(f"NULL::{SQL_TYPES[column.kind]} AS {column.name}" for column in columns)
    every = [f"SELECT {typed} WHERE false"]
    every += [f"SELECT * FROM {part}" for part in parts.values()]  # noqa: S608 - our own names
    stored = " UNION ALL BY NAME ".join(every)
    if is_old(name, parts):
        stored = f"WITH stored AS ({stored}) {READINGS[name].sql}"
    _view(connection, name, stored, shape)


def _view(connection: "duckdb.DuckDBPyConnection", name: str, stored: str, shape: str) -> None:
    _define(connection, name, f"WITH stored AS ({stored}) {shape}")


def _define(connection: "duckdb.DuckDBPyConnection", name: str, sql: str) -> None:
    connection.execute(f"CREATE OR REPLACE VIEW {name} AS {sql}")


def _parts(connection: "duckdb.DuckDBPyConnection", store: Store, name: str) -> dict[int, str]:
    """Return SQL for the files of each version of a table.

    Within a version all files have the same columns, so DuckDB need not open each to plan.
    """
    parts = {}
    for version in range(1, SCHEMA_VERSIONS[name] + 1):
        files = tuple(_visible(store, PurePosixPath(name, f"v{version}")))
        if files and isinstance(store, ObjectStore):
            view = f"{name}_v{version}"
            connection.register(view, store.dataset(files, relaxed(name)))
            parts[version] = view
        elif files:
            places = ", ".join(_quoted(store.locate(file)) for file in files)
            parts[version] = f"read_parquet([{places}])"
    return parts


def _visible(store: Store, folder: PurePosixPath) -> Iterator[PurePosixPath]:
    for path in store.walk(folder):
        if path.suffix == ".parquet" and not path.name.startswith("."):
            yield path


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _refuse_all_but_reading(statements: "Sequence[duckdb.Statement]") -> None:
    import duckdb

    if len(statements) != 1:
        message = f"A query is one SELECT statement; got {len(statements)}. Give exactly one."
        raise BadInput(message)
    kind = statements[0].type
    if kind != duckdb.StatementType.SELECT:
        message = (
            f"A query only reads; {kind.name} is refused. "
            "Use SELECT, SHOW TABLES, DESCRIBE or SUMMARIZE."
        )
        raise BadInput(message)


def _names_a_file(error: Exception, store: Store) -> bool:
    """Whether an error is about one of the lake's files, not about the SQL."""
    place = store.prefix if isinstance(store, ObjectStore) else store.locate(PurePosixPath())
    return f"{place}/" in str(error)


def _one_line(error: Exception) -> str:
    """Shorten DuckDB's message: what is wrong, hints, and where in the SQL."""
    what, _, where = str(error).partition("\n\nLINE ")
    told = "; ".join(line.strip() for line in what.splitlines() if line.strip())
    lines = where.splitlines()
    if len(lines) < 2:  # noqa: PLR2004 - the SQL's line, and carets under the fault
        return told
    number, _, _ = lines[0].partition(":")
    start = lines[1].find("^")
    length = max(lines[1].count("^"), 12)
    near = f"LINE {lines[0]}"[start : start + length].strip()
    return f"{told} (line {number}, at `{near}`)"
