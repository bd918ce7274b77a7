"""Identical simulated sweeps at once all succeed, and share what they have measured."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Command
from tests.e2e.flows import begin

pytestmark = [pytest.mark.e2e, pytest.mark.long]

AT_ONCE = 6
LANDED = """SELECT count(DISTINCT execution_id) AS executions, count(*) AS rows,
    count(DISTINCT (execution_id, executable, outcome)) AS outcomes FROM counts"""


def test_six_identical_sweeps_at_once_all_succeed(qrt: Command, tmp_path: Path) -> None:
    wanted = [*begin("sweep", tmp_path)]
    wanted[wanted.index("--target") + 1] = "emulator:garnet"
    ended = [running.ended() for running in [qrt.start(*wanted) for _ in range(AT_ONCE)]]
    assert [ran.code for ran in ended] == [0] * AT_ONCE, [ran.err for ran in ended if ran.code]
    # Threads add up in any order: the last digit of a mean's error is not the same.
    found = [(one["least"], one["most"]) for ran in ended for one in ran.answer["observables"]]
    assert found == found[:1] * AT_ONCE
    (landed,) = qrt("query", LANDED, "--json").answer
    assert landed["rows"] == landed["outcomes"]
    assert qrt("verify").code == 0
