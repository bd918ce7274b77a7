"""The database behind a journal: how it is opened, and what its faults mean to the user."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from datasets.journal.migration import migrate
from tasks.errors import StorageFault


def connect(location: Path | str) -> sa.Engine:
    """Return an engine for a path (SQLite) or a database URL, its schema up to date.

    Raises:
        StorageFault: it cannot be opened, or is newer than this release.
    """
    url = f"sqlite:///{location}" if isinstance(location, Path) else location
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _durable)
    with storage(engine):
        migrate(engine)
    return engine


@contextmanager
def storage(engine: sa.Engine) -> Iterator[None]:
    """Raise the database's faults inside the block as a StorageFault."""
    try:
        yield
    except DatabaseError as error:
        where = engine.url.database if engine.dialect.name == "sqlite" else engine.url
        message = (
            f"The journal at {where} cannot be used: {error.orig}. "
            "Check the space and rights there, or set QRT_HOME to another folder."
        )
        raise StorageFault(message) from error


def insert_once(connection: sa.Connection, table: sa.Table, row: dict[str, object]) -> None:
    """Insert a row, unless there is one with its key."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(insert(table).values(**row).on_conflict_do_nothing())


def _durable(connection: object, record: ConnectionPoolEntry) -> None:
    del record
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DB-API connection
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an intent must outlive a power cut
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
