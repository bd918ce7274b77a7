"""Bring a journal to the version that this code was written for, with Alembic."""

import ast
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, inspect, text

from datasets.files.writing import STRAY_SUFFIX, move_file, open_shared, reserve_file
from datasets.journal.engines import place, writing
from tasks.core.progress.events import emit
from tasks.errors import BadInput

VERSION = "0007"
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_upgrading = Lock()  # Alembic's context is the process's, not the thread's


def migrate(engine: Engine) -> None:
    """Upgrade the journal behind `engine`; does nothing, and imports nothing, when it is current.

    A SQLite file is kept as it was beside itself first.

    Raises:
        BadInput: the journal was written by a newer release.
        OSError: there is no room for the file as it was.
    """
    found = version(engine)
    if found == VERSION:
        return
    refuse_newer(engine, found)
    if not found:
        upgrade(engine, to="head")
        return
    with _turn(engine):
        found = version(engine)
        if found and found != VERSION:
            kept = keep(engine, found)
            upgrade(engine, to="head")
            emit("journal.upgraded", found=found, now=VERSION, kept=kept)


def version(engine: Engine) -> str | None:
    """Return the version of a journal; None, where there is none yet."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def refuse_newer(engine: Engine, found: str | None) -> None:
    """Refuse a version that is none of ours.

    Raises:
        BadInput: it is of a newer release.
    """
    if found is not None and found not in _steps():
        message = (
            f"The journal at {place(engine)} has schema {found}; this release knows {VERSION}. "
            "Use the release that wrote it, or another home."
        )
        raise BadInput(message)


def steps_from(found: str) -> tuple[str, ...]:
    """Return what is still to be added to a journal of this version, a phrase a step."""
    return tuple(_said(path) for number, path in sorted(_steps().items()) if number > found)


def keep(engine: Engine, found: str) -> Path | None:
    """Copy a SQLite journal beside itself, as it is before an upgrade; say where to.

    None where a server keeps it, or another process has upgraded it meanwhile.
    """
    path = _file(engine)
    if path is None:
        return None
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    kept = path.with_name(f"{path.name}-{found}-{moment}.backup")
    aside = kept.with_name(f".{kept.name}{STRAY_SUFFIX}")
    reserve_file(aside)
    try:
        with writing(engine).connect() as connection:
            connection.connection.execute("VACUUM INTO ?", (str(aside),))
        copied = create_engine(f"sqlite:///{aside}")
        same = version(copied) == found
        copied.dispose()
        if same:
            move_file(aside, kept)
    finally:
        aside.unlink(missing_ok=True)
    return kept if same else None


def _file(engine: Engine) -> Path | None:
    """Return the file of a SQLite journal."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(file) if file else None


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Have one process at a time keep and upgrade a SQLite file, so that it is kept once.

    What one that was killed at it has left is removed. The lock ends with the process.
    """
    path = _file(engine)
    if path is None:
        yield
        return
    lock = path.with_name(f".{path.name}.upgrade")
    with open_shared(lock) as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        for left in path.parent.glob(f".{escape(path.name)}-*.backup{STRAY_SUFFIX}*"):
            left.unlink(missing_ok=True)
        yield
        lock.unlink(missing_ok=True)  # whoever waits for it finds the journal upgraded


def _said(module: Path) -> str:
    """Return the first sentence of a module's docstring, in one line."""
    text = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or module.stem
    return " ".join(text.split("\n\n", 1)[0].split())


def _steps() -> dict[str, Path]:
    """Return the module of each version."""
    return {path.name[1:5]: path for path in _MIGRATIONS.glob("versions/v[0-9]*.py")}


def upgrade(engine: Engine, *, to: str) -> None:
    """Upgrade the journal behind `engine` to a version, while others wait."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
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
