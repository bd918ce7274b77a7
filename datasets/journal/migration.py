"""Bring a journal to the version that this code was written for, with Alembic."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from tasks.errors import StorageFault

VERSION = "0002"


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
            "Use the newer release, or another QRT_HOME."
        )
        raise StorageFault(message)
    _upgrade(engine)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
