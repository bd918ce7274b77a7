"""Bring a journal to the version that this code was written for, with Alembic."""

from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine, inspect, text

from datasets.journal.engines import writing
from tasks.errors import StorageFault

VERSION = "0006"
_upgrading = Lock()  # Alembic's context is the process's, not the thread's


def migrate(engine: Engine) -> None:
    """Upgrade the journal behind `engine`; does nothing, and imports nothing, when it is current.

    Raises:
        StorageFault: the journal was written by a newer release.
    """
    with engine.connect() as connection:
        found = _version(connection)
    if found == VERSION:
        return
    if found is not None and found > VERSION:
        message = (
            f"The journal has schema {found}; this release knows {VERSION}. "
            "Use the newer release, or another journal."
        )
        raise StorageFault(message)
    upgrade(engine, to="head")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: Engine, *, to: str) -> None:
    """Upgrade the journal behind `engine` to a version, while others wait."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with _upgrading, writing(engine).begin() as connection:
        _go_alone(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _go_alone(connection: Connection) -> None:
    """Let other processes wait until this one has upgraded; they then find nothing to do."""
    if connection.dialect.name == "postgresql":
        key = "hashtextextended('quantum-runtime: migration', 0)"
        connection.execute(text(f"SELECT pg_advisory_xact_lock({key})"))
