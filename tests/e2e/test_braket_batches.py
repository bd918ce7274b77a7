"""A batch on a Braket device is bought once, in shared tasks, killed or failing in part."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Ran
from tests.e2e.sandbox_process import GARNET, Bill, Sandbox
from tests.e2e.test_batch_runs import LOST, written

pytestmark = [pytest.mark.e2e, pytest.mark.long]

WARM: dict[str, Any] = {
    "kind": "partial",
    "fraction": 0.02,
    "retryable": False,
    "reason": "The qubit is too warm.",
    "next": 1,
}
LANDED = """SELECT count(*) AS n, count(DISTINCT execution_id) AS ids,
    (SELECT sum(count) FROM counts) AS shots, (SELECT count(*) FROM estimates) AS estimates
    FROM executions"""


@pytest.mark.parametrize(
    ("event", "number"),
    [("execution.bought", "2"), ("execution.collected", "2"), ("chunk.landed", "1")],
)
def test_250_circuits_are_three_tasks_and_90_cents_of_fees_also_after_a_kill(
    event: str, number: str, on_garnet: Callable[..., Ran], sandbox: Sandbox, tmp_path: Path
) -> None:
    folder = written(tmp_path / "circuits", 250)
    wanted = ("batch", "--circuits", str(folder), "--target", GARNET, "--shots", "20")
    bill = Bill(sandbox)
    options = ("--observable", "Z0*Z1")
    ran = on_garnet(
        event, number, str(tmp_path / "log"), *wanted, *options, main="tests.e2e.killed:main"
    )
    assert ran.code == -9, ran.err
    run = on_garnet("runs", "--json").answer[0]["run_id"]
    resumed = on_garnet("resume", run, "--json")
    assert resumed.code == 0, resumed.err
    found = resumed.answer
    assert (found["tasks"], found["shots"]) == (3, 5000)
    assert found["bill"][0] == {"item": "task_fees", "tasks": 3, "shots": 0, "usd": 0.90}
    assert found["plan"]["unpacked"] == {"tasks": 250, "fee_usd": 75.0, "usd": 82.25}
    assert bill.since() == (3, 5000, round(0.90 + 5000 * 0.00145, 6))
    (landed,) = on_garnet("query", LANDED, "--json").answer
    assert landed == {"n": 3, "ids": 3, "shots": 5000, "estimates": 250}
    assert on_garnet("query", LOST, "--json").answer == [{"lost": 0}]
    assert on_garnet("verify").code == 0


def test_a_circuit_that_fails_for_good_costs_itself_alone_and_is_named(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, tmp_path: Path
) -> None:
    folder = written(tmp_path / "circuits", 110)
    wanted = ("batch", "--circuits", str(folder), "--target", GARNET, "--shots", "20", "--json")
    sandbox.strike(WARM)
    ran = on_garnet(*wanted)
    assert ran.code == 0, ran.err
    failed = [each for each in ran.answer["circuits"] if each["failure"] is not None]
    assert {each["failure"] for each in failed} == {WARM["reason"]}
    assert len(failed) == ran.answer["failed"] == 2
    assert f"{failed[0]['name']} failed: The qubit is too warm." in ran.err
    assert "The qubit is too warm." in on_garnet("show", ran.answer["run_id"]).out

    sandbox.strike({"kind": "fail", "reason": "The fridge is warm", "next": 1})
    found = on_garnet(*wanted, "--seed", "2").answer
    assert 0 < found["failed"] < 110
    sandbox.strike({"kind": "fail", "reason": "The fridge is warm"})
    ran = on_garnet(*wanted, "--seed", "3")
    assert ran.code == 1
    assert "returned nothing: " in ran.line
    assert on_garnet("runs", "--json").answer[0]["state"] == "failed"


def test_a_batch_that_is_cancelled_lands_what_was_paid_for_and_goes_on_without_buying_it_again(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, tmp_path: Path
) -> None:
    folder = written(tmp_path / "circuits", 110)
    wanted = ("batch", "--circuits", str(folder), "--target", GARNET, "--shots", "20")
    bill = Bill(sandbox)
    log = str(tmp_path / "log")
    ran = on_garnet("execution.collected", "1", log, *wanted, main="tests.e2e.killed:main")
    assert ran.code == -9, ran.err
    run = on_garnet("runs", "--json").answer[0]["run_id"]
    assert on_garnet("cancel", run).code == 0
    found = on_garnet("resume", run, "--json").answer
    assert len(found["circuits"]) == 110
    assert bill.since()[0] == 2
    assert on_garnet("query", LANDED, "--json").answer[0]["n"] == 2
    assert on_garnet("query", LOST, "--json").answer == [{"lost": 0}]
