"""A journal that cannot be reached is one line, in which there is no password."""

import socket
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from datasets.home import Home, home
from datasets.journal.engines import open_engine, process_name, process_of
from deployments.cli.main import run
from tests.journals import command, databases, server_url
from tests.postgres_server import LOCKED_ROLE

SECRET = "s3cret-pass"  # noqa: S105 - of no server


@pytest.fixture(autouse=True)
def _home(qrt_home: Path) -> None:
    del qrt_home


def refused(capsys: pytest.CaptureFixture[str], *, code: int) -> str:
    """Run a command that opens the journal, and return the one line that it says."""
    assert run(["runs"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert "s3cret" not in line
    return line


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_the_setting_is_the_journal_of_the_home_and_is_not_shown() -> None:
    url = f"postgresql://someone:{SECRET}@host/db"
    there = home({"QRT_HOME": "/somewhere", "QRT_JOURNAL_URL": f" {url} "})
    assert there.journal == url
    assert SECRET not in repr(there)
    assert home({"QRT_HOME": "/somewhere"}).journal == Path("/somewhere/journal.db")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"mysql://u:{SECRET}@host/db", "not the URL of a PostgreSQL database"),
        (f"u:{SECRET}@host", "not the URL of a PostgreSQL database"),
        (f"postgresql+pg8000://u:{SECRET}@host/db", "not the URL of a PostgreSQL database"),
        ("sqlite:///somewhere", "not the URL of a PostgreSQL database"),
        (f"postgresql://u:{SECRET}@host:{SECRET}/db", "cannot be read"),
        (f"postgresql://u:p@{SECRET}@host/db", "cannot be read"),
    ],
)
def test_a_url_that_cannot_be_meant_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str, said: str
) -> None:
    monkeypatch.setenv("QRT_JOURNAL_URL", url)
    assert said in refused(capsys, code=2)


def test_a_missing_driver_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv("QRT_JOURNAL_URL", f"postgresql://u:{SECRET}@127.0.0.1/db")
    assert "needs the driver psycopg, which is not installed" in refused(capsys, code=2)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_a_server_that_cannot_be_reached_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], scheme: str
) -> None:
    where = f"127.0.0.1:{closed_port()}/db"
    url = f"{scheme}://u:{SECRET}@{where}?password={SECRET}"
    monkeypatch.setenv("QRT_JOURNAL_URL", url)
    line = refused(capsys, code=1)
    assert line.startswith(f"The journal at postgresql://***@{where} cannot be used: ")
    assert "refused" in line
    assert line.endswith("Check the server and QRT_JOURNAL_URL.")


@pytest.mark.postgres
def test_a_database_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = sa.make_url(server_url()).set(database="qrt_absent")
    monkeypatch.setenv("QRT_JOURNAL_URL", url.render_as_string(hide_password=False))
    assert 'database "qrt_absent" does not exist' in refused(capsys, code=1)


@pytest.mark.postgres
def test_a_wrong_password_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with databases() as new:
        url = sa.make_url(new()).set(username=LOCKED_ROLE, password=SECRET)
        command(f"DROP ROLE IF EXISTS {LOCKED_ROLE}")
        command(f"CREATE ROLE {LOCKED_ROLE} LOGIN PASSWORD 'another'")
        try:
            monkeypatch.setenv("QRT_JOURNAL_URL", url.render_as_string(hide_password=False))
            if run(["runs"]) == 0:
                pytest.skip("this server asks nobody for a password")
            capsys.readouterr()
            line = refused(capsys, code=1)
        finally:
            command(f"DROP ROLE {LOCKED_ROLE}")
    assert f'password authentication failed for user "{LOCKED_ROLE}"' in line
    assert f"{LOCKED_ROLE}:***@" in line


@pytest.mark.postgres
def test_a_connection_that_died_between_two_verbs_is_replaced() -> None:
    with databases() as new:
        engine, other = (open_engine(new_url) for new_url in [new()] * 2)
        one = sa.text("SELECT pg_backend_pid()")
        with engine.connect() as connection:
            first = connection.execute(one).scalar_one()
        with other.connect() as connection:
            connection.execute(sa.text(f"SELECT pg_terminate_backend({first}, 10000)"))
        with engine.connect() as connection:
            assert connection.execute(one).scalar_one() != first
        engine.dispose()
        other.dispose()


@pytest.mark.postgres
def test_a_commit_waits_for_the_disk_whatever_the_server_does_by_itself() -> None:
    with databases() as new:
        url = new()
        name = sa.make_url(url).database
        command(f"ALTER DATABASE {name} SET synchronous_commit TO off")
        engine = open_engine(url)
        with engine.connect() as connection:
            assert connection.execute(sa.text("SHOW synchronous_commit")).scalar_one() == "on"
        engine.dispose()


def test_a_process_is_known_to_the_server_by_its_number_and_machine() -> None:
    assert len(process_name().encode()) < 64
    assert process_of(process_name()).startswith("process ")
    assert process_of("") == "another process"


def test_homes_with_the_same_settings_are_one() -> None:
    one, other = (Home(Path("/a"), f"postgresql://{host}/db") for host in "ab")
    assert len({one, other, Home(Path("/a"), one.journal_url)}) == 2
