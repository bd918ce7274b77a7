"""Homes that share a journal on a server and a lake in a bucket buy identical sweeps once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.datasets.lake.loopback_s3 import LoopbackS3
from tests.e2e.buying_flows import begin
from tests.e2e.conftest import Command
from tests.e2e.sandbox_process import Bill, Sandbox
from tests.journals import databases

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.postgres]

KILLED = "tests.e2e.killed:main"


@pytest.fixture
def journal_url() -> Iterator[str]:
    with databases() as new:
        yield new()


@pytest.fixture
def shared(bucket: LoopbackS3, sandbox: Sandbox, journal_url: str) -> dict[str, str]:
    """Return what all homes have in common."""
    place = bucket.url.removeprefix("http://")
    lake = f"s3://bucket/lake?endpoint_override={place}&scheme=http&region=eu-north-1"
    return {"QRT_JOURNAL_URL": journal_url, "QRT_LAKE": lake, **sandbox.environment}


def test_sweeps_at_once_in_several_homes_buy_once(
    qrt: Command, sandbox: Sandbox, shared: dict[str, str], tmp_path: Path
) -> None:
    bill, wanted = Bill(sandbox), begin("sweep", tmp_path)
    homes = [{"QRT_HOME": str(tmp_path / name)} for name in "ab"]
    ended = [each.ended() for each in [qrt.start(*wanted, **(shared | home)) for home in homes]]
    assert [ran.code for ran in ended] == [0, 0], [ran.err for ran in ended]
    assert bill.since()[:2] == (1, 150)
    first, second = sorted((ran.answer for ran in ended), key=lambda answer: -answer["shots"])
    assert second["reused"] == [first["run_id"]]
    assert second["observables"] == first["observables"]


def test_what_a_home_that_died_has_bought_is_taken_over_in_another(
    qrt: Command, sandbox: Sandbox, shared: dict[str, str], tmp_path: Path
) -> None:
    bill, wanted = Bill(sandbox), begin("sweep", tmp_path)
    one, other = (shared | {"QRT_HOME": str(tmp_path / name)} for name in "ab")
    log = str(tmp_path / "log")
    killed = qrt("execution.bought", "1", log, *wanted, main=KILLED, **one)
    assert killed.code == -9, killed.err
    (run,) = qrt("runs", "--json", **one).answer
    second = qrt(*wanted, **other)
    assert second.code == 0, second.err
    assert second.answer["reused"] == [run["run_id"]]
    first = qrt("resume", run["run_id"], "--json", **one)
    assert first.code == 0, first.err
    assert first.answer["observables"] == second.answer["observables"]
    assert bill.since()[:2] == (1, 150)
    assert qrt("verify", **one).code == 0
