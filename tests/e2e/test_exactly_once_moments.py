"""Killed at random moments, or resumed twice at once, a run is bought once and complete."""

import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import Command
from tests.e2e.processes import ROOT
from tests.e2e.rehearsal import LANES, Rehearsal, beside_each_other, check_whole, rehearsal

pytestmark = [pytest.mark.e2e, pytest.mark.long]

SEED = 20260505
KILLS = 100
LIVES = 20  # that share the kills evenly
PARTS = 4
WATCH = Path(__file__).parent / "watched"


@pytest.fixture(scope="session")
def length_s(homeless: Command) -> float:
    """Return how long an undisturbed run takes, while as many go on beside it as in the test."""

    def measure(_: int) -> float:
        with rehearsal(homeless) as place:
            began = time.monotonic()
            assert place.go_on().code == 0
            return time.monotonic() - began

    return min(beside_each_other(measure, range(LANES)))


def kill_after(place: Rehearsal, moment_s: float) -> int:
    """Begin or resume the run, kill the process after so long, and return its exit code."""
    going_on = place.start(*place.next)
    time.sleep(moment_s)
    going_on.process.send_signal(signal.SIGKILL)
    return going_on.ended().code


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_at_random_moments_a_run_is_completed_by_resuming_it(
    part: int, length_s: float, homeless: Command
) -> None:
    def check(number: int) -> None:
        rng = random.Random(f"{SEED} {number}")  # noqa: S311 - when to kill is no secret
        left = KILLS // LIVES
        while left:
            with rehearsal(homeless) as place:
                while left and kill_after(place, rng.uniform(0, length_s)) == -signal.SIGKILL:
                    left -= 1
                check_whole(place.go_on(), place, where=f"life {number}, {left} kills left")

    beside_each_other(check, range(part, LIVES, PARTS))


def test_of_two_that_resume_a_run_one_goes_on_and_the_other_says_so(homeless: Command) -> None:
    with rehearsal(homeless) as place:
        assert place.killed_at("execution.bought", 1).code == -signal.SIGKILL
        place.sandbox.strike({"kind": "late", "delay_s": 3.0})  # so that neither is done first
        both = [place.start(*place.next) for _ in range(2)]
        first, second = sorted((running.ended() for running in both), key=lambda ran: ran.code)
        assert second.code == 2
        assert f"Run {place.run_id} is being worked on by process" in second.line
        check_whole(first, place, where="the one that won")


def test_a_run_reaches_no_address_but_this_machine(homeless: Command, tmp_path: Path) -> None:
    log = tmp_path / "addresses"
    watch = {"PYTHONPATH": f"{WATCH}{os.pathsep}{ROOT}", "QRT_ADDRESSES": str(log)}
    with rehearsal(homeless) as place:
        # Without a configured server the command starts one, which is watched as well.
        running = place.start(*place.next, fresh=True, PREFECT_API_URL="", **watch)
        check_whole(running.ended(), place, where="watched")
        reached = {tuple(json.loads(line)) for line in log.read_text().splitlines()}
        sandbox = ("socket.connect", "127.0.0.1", place.sandbox.port)
    assert sandbox in reached
    assert {host for _, host, _ in reached} <= {"127.0.0.1"}
