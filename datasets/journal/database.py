"""The database behind a journal: how it is opened, and what its faults mean to the user."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from datasets.journal.engines import open_engine, place, reading_engine, writing
from datasets.journal.migration import VERSION, migrate, refuse_newer, steps_from, version
from tasks.core.progress.events import emit
from tasks.errors import BadInput, StorageFault

_DAMAGED: Final = ("not a database", "malformed", "encrypted")
_MENDING: Final = (
    "It is damaged. Put a backup in its place, or move it away with its -wal and -shm: "
    "`qrt reconcile` takes up what home and lake know of its runs."
)


def connect(location: Path | str) -> sa.Engine:
    """Return an engine for a path (SQLite) or a database URL, its schema up to date.

    Raises:
        BadInput: the URL cannot be read, its driver is not installed, or a newer release wrote it.
        StorageFault: it cannot be opened, or not kept as it was before it is upgraded.
    """
    engine = open_engine(location)
    try:
        with storage(engine):
            migrate(engine)
    except (StorageFault, BadInput):
        engine.dispose()
        raise
    return engine


def behind(location: Path | str) -> tuple[str, tuple[str, ...]] | None:
    """Return a journal's version and what is to be added to it; None where it is of today.

    Nothing is written; a journal that is not there is of today.

    Raises:
        BadInput: the URL cannot be read, its driver is not installed, or a newer release wrote it.
        StorageFault: it cannot be opened.
    """
    if isinstance(location, Path) and not location.exists():
        return None
    engine = reading_engine(location) if isinstance(location, Path) else open_engine(location)
    try:
        with storage(engine):
            found = version(engine)
            refuse_newer(engine, found)
    finally:
        engine.dispose()
    return (found, steps_from(found)) if found and found != VERSION else None


@contextmanager
def storage(engine: sa.Engine) -> Iterator[None]:
    """Raise the database's faults inside the block as a StorageFault."""
    try:
        yield
    except OSError as error:
        message = (
            f"The journal at {place(engine)} cannot be kept as it was: {error}. {_remedy(engine)}"
        )
        raise StorageFault(message) from error
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split()).rstrip(".")
        message = f"The journal at {place(engine)} cannot be used: {reason}. "
        message += _MENDING if any(sign in reason for sign in _DAMAGED) else _remedy(engine)
        raise StorageFault(message) from error


class Database:
    """Transactions of a journal's database; safe to share by threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with storage(self._engine), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self, verb: str) -> Iterator[sa.Connection]:
        with storage(self._engine), writing(self._engine).begin() as connection:
            yield connection
        emit("journal.written", verb=verb)


def insert_once(connection: sa.Connection, table: sa.Table, *rows: dict[str, object]) -> None:
    """Insert rows, but for those whose key is there."""
    if rows:
        connection.execute(dialect_insert(connection)(table).on_conflict_do_nothing(), rows)


def dialect_insert(connection: sa.Connection) -> Any:
    """Return the dialect's own insert; a dialect that is not in use is not imported."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert
    from sqlalchemy.dialects import postgresql

    return postgresql.insert


def next_number(connection: sa.Connection, table: sa.Table, *chosen: sa.ColumnElement[bool]) -> int:
    """Return what comes after the highest `number` of the chosen rows; two may share one."""
    highest = sa.select(sa.func.max(table.c.number)).where(*chosen)
    return int(connection.execute(highest).scalar() or 0) + 1


def _remedy(engine: sa.Engine) -> str:
    if engine.dialect.name == "sqlite":
        return "Check the space and rights there, or set QRT_HOME to another folder."
    return "Check the server and QRT_JOURNAL_URL."
