"""How each database is opened, so that the journal's promises hold there."""

import os
import socket
import sqlite3
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from datasets.files.writing import reserve_file
from tasks.errors import BadInput

CONNECT_S: Final = 10  # a server that does not answer is given up after this
NAME_BYTES: Final = 63  # PostgreSQL cuts names there
_NAME_PREFIX: Final = "qrt "
_WRITES: Final = "qrt_writes"


def open_engine(location: Path | str) -> sa.Engine:
    """Return an engine for a path (SQLite), or the URL of a PostgreSQL database.

    Raises:
        BadInput: the URL cannot be read, or its driver is not installed.
    """
    if isinstance(location, Path):
        with suppress(OSError):  # whoever connects is told why
            reserve_file(location)
        return _sqlite(f"sqlite:///{location}")
    if location.startswith("sqlite:"):
        return _sqlite(location)
    # A connection may have died since it was used last: a device's queue takes hours.
    return postgresql_engine(location, pool_pre_ping=True)


def reading_engine(path: Path) -> sa.Engine:
    """Return an engine for a SQLite file that writes nothing: neither its mode nor files beside it.

    A folder that cannot be written is no hindrance.
    """
    return sa.create_engine(f"sqlite:///{path}", creator=partial(_read_only, path))


def postgresql_engine(url: str, **options: Any) -> sa.Engine:
    """Return an engine for a PostgreSQL database, without asking the server anything.

    Raises:
        BadInput: the URL cannot be read, or the driver is not installed.
    """
    made = _readable(url)
    asked = {"application_name": process_name()}
    patience = {} if "connect_timeout" in made.query else {"connect_timeout": CONNECT_S}
    try:
        engine = sa.create_engine(
            made.set(drivername="postgresql+psycopg"),
            connect_args=asked | patience,
            # Locks only help a transaction that sees what was committed while it waited for them.
            **{"isolation_level": "READ COMMITTED"} | options,
        )
    except ImportError as error:
        message = (
            "A journal on PostgreSQL needs the driver psycopg, which is not installed. "
            "Install the extra `postgres`; `make setup` does."
        )
        raise BadInput(message) from error
    sa.event.listen(engine, "connect", _committed_is_kept)
    return engine


def writing(engine: sa.Engine) -> sa.Engine:
    """Return the engine for transactions that are going to write."""
    return engine.execution_options(**{_WRITES: True})


def place(engine: sa.Engine) -> str:
    """Return where the database is, for people: nothing secret is in it."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return engine.url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def process_name(*, by: str = "") -> str:
    """Return the name under which a server knows this process, at work for a run."""
    name = f"{_NAME_PREFIX}{working(by)} on {socket.gethostname()}"
    return name.encode()[:NAME_BYTES].decode(errors="ignore")


def working(by: str) -> str:
    """Return the number of this process, and the run that it works for where one is given."""
    return f"{os.getpid()} for run {by}" if by else f"{os.getpid()}"


def process_of(name: str | None) -> str:
    """Return who goes by a name that a server knows."""
    return f"process {name.removeprefix(_NAME_PREFIX)}" if name else "another process"


def _readable(url: str) -> sa.URL:
    """Read the URL; what is wrong with it is said without it, since it may hold a password."""
    try:
        made = sa.make_url(url)
    except (ArgumentError, ValueError):
        made = None
    if made is None or "@" in (made.host or ""):
        message = (
            "QRT_JOURNAL_URL cannot be read. Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
            "with %40 for @, %2F for / and %3A for : in the password."
        )
        raise BadInput(message)
    return made


def _sqlite(url: str) -> sa.Engine:
    engine = sa.create_engine(url)
    sa.event.listen(engine, "connect", _durable)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _read_only(path: Path) -> sqlite3.Connection:
    found = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        found.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        # Where no log can be made beside it, and none is there, nobody writes.
        found.close()
        found = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    return found


def _durable(connection: Any, record: ConnectionPoolEntry) -> None:
    del record
    connection.isolation_level = None  # `_begin` says when a transaction begins, not the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an intent must outlive a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # The driver would begin before the first change: what a verb has read may be stale by then.
    # A deferred transaction is refused, without waiting, once another one has written.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _committed_is_kept(connection: Any, record: ConnectionPoolEntry) -> None:
    """Have commits wait for the disk, where the server is set up not to."""
    del record
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') = 'off'"
        )
    connection.commit()
