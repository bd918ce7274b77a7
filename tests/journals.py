"""Empty places for journals: files, and databases on a real server where there is one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from datasets.journal.engines import postgresql_engine
from tests.postgres_server import URL

Place = Path | str

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@dataclass(frozen=True)
class Places:
    """Gives out an empty place with each call; a fleeting one is gone once it is closed."""

    new: Callable[[], Place]
    fleeting: Callable[[], Place]


@contextmanager
def places_of(kind: str, *, folder: Path) -> Iterator[Places]:
    """Give out places for journals of one kind."""
    if kind == "postgresql":
        with databases() as new:
            yield Places(new, new)
    else:
        numbers = count()
        yield Places(lambda: folder / f"{next(numbers)}.db", lambda: "sqlite://")


@contextmanager
def databases() -> Iterator[Callable[[], str]]:
    """Make databases on the server for tests; drop them afterwards, whoever is connected."""
    url = sa.make_url(server_url())
    made: list[str] = []

    def new() -> str:
        made.append(f"qrt_test_{uuid4().hex}")
        command(f"CREATE DATABASE {made[-1]}")
        return url.set(database=made[-1]).render_as_string(hide_password=False)

    try:
        yield new
    finally:
        for name in made:
            command(f"DROP DATABASE {name} WITH (FORCE)")


def command(statement: str) -> None:
    """Have the server do something outside of a transaction."""
    engine = postgresql_engine(server_url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def server_url() -> str:
    """Return the URL of the server for tests, if there is one."""
    if not (url := os.environ.get(URL, "")):
        pytest.skip(f"{URL} names no server; `make test-postgres` starts one")
    return url
