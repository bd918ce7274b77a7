"""Two processes never work on one run."""

import fcntl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from datasets.files.writing import open_shared
from datasets.home import Home
from datasets.journal.claims import Claims, claims_at
from datasets.journal.engines import postgresql_engine
from datasets.journal.file_claims import FileClaims
from datasets.records.executions import RunId
from tasks.context.run_lock import claim, is_claimed, is_held, keep, release
from tasks.errors import BadInput
from tests.journals import Places, databases

RUN_ID = RunId("r")
SOON_S = 30

HOLD = """
import sys, time
from pathlib import Path
from datasets.home import Home
from tasks.context.run_lock import claim
claim("r", home=Home(Path(sys.argv[1]), sys.argv[2]))
print("held", flush=True)
time.sleep(60)
"""


def claims_of(home: Home) -> Claims:
    return claims_at(home.journal, folder=home.claims)


@pytest.fixture
def home(places: Places, tmp_path: Path) -> Iterator[Home]:
    place = places.new()
    made = Home(tmp_path, place if isinstance(place, str) else "")
    yield made
    release(RUN_ID, home=made)


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Home]:
    """Return a home whose journal is on a server."""
    with databases() as new:
        made = Home(tmp_path, new())
        yield made
        release(RUN_ID, home=made)


def soon(holds: Callable[[], bool]) -> bool:
    """Whether something comes true: a server notices the end of a process a moment later."""
    deadline = time.monotonic() + SOON_S
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return held


def test_a_claim_ends_with_the_process_that_holds_it(home: Home) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.root), home.journal_url],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        assert is_claimed(RUN_ID, home=home)
        assert not is_held(RUN_ID)
        with pytest.raises(BadInput, match=f"being worked on by process {holder.pid}"):
            claim(RUN_ID, home=home)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    assert soon(lambda: not is_claimed(RUN_ID, home=home))
    claim(RUN_ID, home=home)
    assert is_claimed(RUN_ID, home=home)
    claim(RUN_ID, home=home)
    assert claims_of(home).take(RUN_ID) is None
    release(RUN_ID, home=home)
    release(RUN_ID, home=home)
    assert not is_claimed(RUN_ID, home=home)


def test_runs_are_claimed_one_by_one(home: Home) -> None:
    claims = claims_of(home)
    one, other = claims.take(RunId("one")), claims.take(RunId("other"))
    assert one
    assert other
    one.release()
    assert claims.holder(RunId("one")) is None
    assert claims.holder(RunId("other")) is not None
    other.release()


def test_however_many_take_a_run_and_let_go_of_it_one_has_it_at_a_time(home: Home) -> None:
    claims, inside, crowds = claims_of(home), list[RunId](), list[int]()
    rounds = 30 if home.journal_url else 500

    def take_and_let_go(_: int) -> int:
        had = 0
        for _ in range(rounds):
            if taken := claims.take(RUN_ID):
                inside.append(RUN_ID)
                had += 1
                crowds.append(len(inside))
                inside.pop()
                taken.release()
        return had

    with ThreadPoolExecutor(4) as pool:
        had = sum(pool.map(take_and_let_go, range(4)))
    assert had == len(crowds) > 0
    assert set(crowds) == {1}
    assert claims.holder(RUN_ID) is None


class MeddledPath(type(Path())):  # type: ignore[misc]
    """A path after whose opening something happens elsewhere, once for each of `steps`."""

    steps: ClassVar[list[Callable[[], object]]] = []

    def open(self, *arguments: Any, **options: Any) -> Any:
        return self.meddled(super().open(*arguments, **options))

    @classmethod
    def meddled(cls, stream: Any) -> Any:
        if cls.steps:
            cls.steps.pop(0)()
        return stream


@pytest.fixture
def meddling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have whoever takes a claim go through the same, as it opens its file by itself."""
    monkeypatch.setattr(
        "datasets.journal.file_claims.open_shared", lambda path: path.meddled(open_shared(path))
    )


@pytest.mark.usefixtures("meddling")
def test_a_lock_on_a_file_that_was_removed_meanwhile_is_no_claim(tmp_path: Path) -> None:
    claims, third = FileClaims(MeddledPath(tmp_path)), []
    first = claims.take(RUN_ID)
    assert first
    MeddledPath.steps[:] = [lambda: (first.release(), third.append(claims.take(RUN_ID)))]
    assert FileClaims(MeddledPath(tmp_path)).take(RUN_ID) is None
    (held,) = third
    assert held
    held.release()


@pytest.mark.usefixtures("meddling")
def test_who_looks_at_a_claim_keeps_nobody_from_taking_it(tmp_path: Path) -> None:
    looking = (tmp_path / f"{RUN_ID}.lock").open("a")
    MeddledPath.steps[:] = [lambda: fcntl.flock(looking, fcntl.LOCK_SH), looking.close]
    taken = FileClaims(MeddledPath(tmp_path)).take(RUN_ID)
    assert taken
    assert MeddledPath.steps == []
    taken.release()


def forget(home: Home) -> None:
    """Have the server drop whoever holds a lock, as when it is started again."""
    engine = postgresql_engine(home.journal_url, isolation_level="AUTOCOMMIT")
    here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    locks = (
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks "  # noqa: S608 - our own words
        f"WHERE locktype = 'advisory' AND {here}"  # other tests have databases of their own
    )
    with engine.connect() as connection:
        assert connection.execute(sa.text(locks)).scalars().all() == [True]
    engine.dispose()


@pytest.mark.postgres
def test_a_claim_that_the_server_forgot_is_made_again(remote: Home) -> None:
    claim(RUN_ID, home=remote)
    forget(remote)
    keep(RUN_ID, home=remote)
    assert is_held(RUN_ID)
    assert claims_of(remote).take(RUN_ID) is None


@pytest.mark.postgres
def test_a_run_that_another_took_after_the_server_forgot_is_theirs(remote: Home) -> None:
    claim(RUN_ID, home=remote)
    forget(remote)
    other = claims_of(remote).take(RUN_ID)
    assert other
    with pytest.raises(BadInput, match=r"being worked on by process \d+ on "):
        keep(RUN_ID, home=remote)
    assert not is_held(RUN_ID)
    keep(RUN_ID, home=remote)  # what was never claimed is nobody's to keep
    other.release()


@pytest.mark.postgres
def test_letting_go_of_a_claim_that_the_server_forgot_is_no_fault(remote: Home) -> None:
    claim(RUN_ID, home=remote)
    forget(remote)
    release(RUN_ID, home=remote)
    assert not is_claimed(RUN_ID, home=remote)
