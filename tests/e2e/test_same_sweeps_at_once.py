"""Identical sweeps at once all succeed; what is simulated is shared, what is bought is bought once.

Whoever waits is told for which run, and says whose work it shows; who waits for a run that is
killed takes over what that one has bought.
"""

import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.books import NOTHING, Books
from tests.e2e.buying_flows import begin
from tests.e2e.conftest import TIMEOUT_S, Command, Ran, Running
from tests.e2e.processes import Preloaded
from tests.e2e.sandbox_process import Bill, Sandbox

pytestmark = [pytest.mark.e2e]

AT_ONCE = 6
LANDED = """SELECT count(DISTINCT execution_id) AS executions, count(*) AS rows,
    count(DISTINCT (execution_id, executable, outcome)) AS outcomes FROM counts"""
KILLED = "tests.e2e.killed:main"
# Two program sets of Garnet in one piece, and one for the readout.
TWO_SETS = ("--points", "theta=0:3:150", "--mitigate", "readout", "--readout-shots", "500")


@pytest.fixture
def process(tmp_path: Path, preloaded: Preloaded) -> Iterator[Sandbox]:
    """Start a sandbox for each test: its books are held against the home's."""
    found = Sandbox(tmp_path / "sandbox")
    found.start(preloaded.fork)
    yield found
    found.end()


def sweep(folder: Path, *asked: str, target: str = "") -> tuple[str, ...]:
    """Return a sweep's command."""
    wanted = list(begin("sweep", folder))
    if target:
        wanted[wanted.index("--target") + 1] = target
    if "--points" in asked:
        place = wanted.index("--points")
        del wanted[place : place + 2]
    return (*wanted, *asked)


def answers(ended: Sequence[Ran]) -> list[dict[str, Any]]:
    """Return what commands have found, which have all succeeded."""
    assert [ran.code for ran in ended] == [0] * len(ended), [ran.err for ran in ended if ran.code]
    return [ran.answer for ran in ended]


def waits(running: Running, *, for_run: str) -> None:
    """Wait until a command says that it waits for a run."""
    deadline = time.monotonic() + TIMEOUT_S
    while f"waiting for run {for_run}" not in said(running):
        assert time.monotonic() < deadline, said(running)
        time.sleep(0.1)


def said(running: Running) -> str:
    running.err.seek(0)
    return running.err.read().decode()


def newest(qrt: Command) -> dict[str, Any]:
    found: dict[str, Any] = qrt("runs", "--json").answer[0]
    return found


def is_sound(qrt: Command, sandbox: Sandbox, home: Path) -> None:
    """Hold the books against each other, once all that stopped is looked after."""
    assert qrt("reconcile", **sandbox.environment).code == 0
    assert Books(home, sandbox, qrt).figures() == NOTHING
    assert qrt("verify").code == 0


@pytest.mark.long
def test_six_identical_sweeps_at_once_all_succeed(qrt: Command, tmp_path: Path) -> None:
    wanted = sweep(tmp_path, target="emulator:garnet")
    found = answers([each.ended() for each in [qrt.start(*wanted) for _ in range(AT_ONCE)]])
    assert [each["observables"] for each in found] == [found[0]["observables"]] * AT_ONCE
    (landed,) = qrt("query", LANDED, "--json").answer
    assert landed["rows"] == landed["outcomes"]
    assert qrt("verify").code == 0


def test_two_identical_sweeps_at_once_buy_once(
    qrt: Command, sandbox: Sandbox, qrt_home: Path, tmp_path: Path
) -> None:
    bill, wanted = Bill(sandbox), sweep(tmp_path)
    started = [qrt.start(*wanted, **sandbox.environment) for _ in range(2)]
    first, second = sorted(answers([each.ended() for each in started]), key=lambda a: -a["shots"])
    assert bill.since() == (1, 150, 0.5175)
    assert (first["shots"], first["measured"], first["reused"]) == (150, 3, [])
    assert (second["shots"], second["measured"], second["cost_usd"]) == (0, 0, 0)
    assert second["reused"] == [first["run_id"]]
    assert second["observables"] == first["observables"]
    shown = " ".join(qrt("show", second["run_id"]).out.split())
    assert f"reused all of it was measured by run {first['run_id']}" in shown
    is_sound(qrt, sandbox, qrt_home)


@pytest.mark.long
def test_six_identical_sweeps_at_once_buy_once(
    qrt: Command, sandbox: Sandbox, qrt_home: Path, tmp_path: Path
) -> None:
    bill, wanted = Bill(sandbox), sweep(tmp_path, *TWO_SETS)
    started = [qrt.start(*wanted, **sandbox.environment) for _ in range(AT_ONCE)]
    found = answers([each.ended() for each in started])
    assert bill.since() == (3, 8500, 13.225)
    assert [each["observables"] for each in found] == [found[0]["observables"]] * AT_ONCE
    (buyer,) = [each["run_id"] for each in found if each["shots"]]
    assert [each["reused"] for each in found if not each["shots"]] == [[buyer]] * (AT_ONCE - 1)
    is_sound(qrt, sandbox, qrt_home)


@pytest.mark.long
@pytest.mark.parametrize(
    "killed_at",
    [
        ("execution.intended", "1"),
        ("execution.bought", "1"),
        ("execution.submitted", "1"),
        ("execution.bought", "2"),
        ("execution.bought", "3"),
        ("execution.collected", "2"),
        ("chunk.landed", "2"),
    ],
)
def test_who_waits_for_a_sweep_that_is_killed_takes_over_what_it_has_bought(
    killed_at: tuple[str, str],
    qrt: Command,
    sandbox: Sandbox,
    qrt_home: Path,
    tmp_path: Path,
) -> None:
    bill, wanted = Bill(sandbox), sweep(tmp_path, *TWO_SETS)
    log = str(tmp_path / "log")
    killed = qrt(*killed_at, log, *wanted, main=KILLED, **sandbox.environment)
    assert killed.code == -9, killed.err
    run = newest(qrt)["run_id"]
    (second,) = answers([qrt(*wanted, **sandbox.environment)])
    assert bill.since() == (3, 8500, 13.225)
    resumed = qrt("resume", run, "--json", **sandbox.environment)
    (first,) = answers([resumed])
    assert bill.since() == (3, 8500, 13.225)
    assert first["observables"] == second["observables"]
    is_sound(qrt, sandbox, qrt_home)


@pytest.mark.long
def test_who_waits_goes_on_when_the_first_is_killed_and_can_be_cancelled_before(
    qrt: Command, sandbox: Sandbox, qrt_home: Path, tmp_path: Path
) -> None:
    sandbox.strike({"kind": "late", "delay_s": 20.0})  # time to stop it in
    bill, wanted, before = Bill(sandbox), sweep(tmp_path), len(sandbox.tasks())
    first = qrt.start(*wanted, **sandbox.environment)
    deadline = time.monotonic() + TIMEOUT_S
    while len(sandbox.tasks()) == before:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(2)  # then it waits for its task, and holds nothing of the journal's
    first.process.send_signal(signal.SIGSTOP)
    run = newest(qrt)["run_id"]
    second = qrt.start(*wanted, **sandbox.environment)
    waits(second, for_run=run)
    cancelled = qrt("cancel", newest(qrt)["run_id"], "--json", **sandbox.environment)
    assert cancelled.code == 0
    assert second.ended().code == 1
    third = qrt.start(*wanted, **sandbox.environment)
    waits(third, for_run=run)
    first.process.send_signal(signal.SIGKILL)
    first.ended()
    (found,) = answers([third.ended()])
    assert found["reused"] == [run]
    assert bill.since()[:2] == (1, 150)
    is_sound(qrt, sandbox, qrt_home)
