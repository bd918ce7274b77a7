"""The sandbox's state: tasks, spending limits, buckets and objects in one SQLite file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from datasets.files.writing import reserve_file

metadata = sa.MetaData()

quantum_tasks = sa.Table(
    "quantum_tasks",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("arn", sa.String, nullable=False, unique=True),
    sa.Column("region", sa.String, nullable=False),
    sa.Column("client_token", sa.String, nullable=False),
    sa.Column("request_digest", sa.String, nullable=False),
    sa.Column("device_arn", sa.String, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("action_type", sa.String, nullable=False),
    sa.Column("programs", sa.Integer, nullable=False),
    sa.Column("executables", sa.Integer, nullable=False),
    sa.Column("device_parameters", sa.Text, nullable=False),
    sa.Column("shots", sa.Integer, nullable=False),
    sa.Column("bucket", sa.String, nullable=False),
    sa.Column("directory", sa.String, nullable=False),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("echo", sa.JSON, nullable=False),  # members that GetQuantumTask gives back unchanged
    sa.Column("fate", sa.JSON, nullable=False),  # the faults that will strike it
    sa.Column("status", sa.String, nullable=False, index=True),
    sa.Column("created_at", sa.Float, nullable=False),  # seconds since 1970, as all times here
    sa.Column("starts_at", sa.Float, nullable=False),
    sa.Column("ends_at", sa.Float, nullable=False),
    sa.Column("free_at", sa.Float, nullable=False),  # when the device takes the next one
    sa.Column("ended_at", sa.Float),
    sa.Column("failure_reason", sa.Text),
    sa.Column("successful_shots", sa.Integer),
    sa.Column("estimate_usd", sa.String, nullable=False),
    sa.Column("cost_usd", sa.String),
    sa.UniqueConstraint("region", "client_token"),
    sa.Index("queue", "device_arn", "status", "starts_at"),
)

spending_limits = sa.Table(
    "spending_limits",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("arn", sa.String, nullable=False, unique=True),
    sa.Column("region", sa.String, nullable=False),
    sa.Column("client_token", sa.String, nullable=False),
    sa.Column("request_digest", sa.String, nullable=False),
    sa.Column("device_arn", sa.String, nullable=False),
    sa.Column("limit_usd", sa.String, nullable=False),
    sa.Column("starts_at", sa.Float, nullable=False),
    sa.Column("ends_at", sa.Float, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("updated_at", sa.Float, nullable=False),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.UniqueConstraint("region", "client_token"),
)

buckets = sa.Table(
    "buckets",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("region", sa.String, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
)

objects = sa.Table(
    "objects",
    metadata,
    sa.Column("bucket", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("etag", sa.String, nullable=False),
    sa.Column("modified_at", sa.Float, nullable=False),
)


class Store:
    """The SQLite file; writers take turns, so that nobody meets a locked database."""

    def __init__(self, path: Path) -> None:
        reserve_file(path)
        self._engine = sa.create_engine(f"sqlite:///{path}")
        self._writing = Lock()
        sa.event.listen(self._engine, "connect", _prepare)
        metadata.create_all(self._engine)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that reads."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection whose work is committed at the end, or not at all."""
        with self._writing, self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def _prepare(connection: sa.engine.interfaces.DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing with it
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.close()
