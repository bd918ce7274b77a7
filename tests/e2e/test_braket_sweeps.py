"""A sweep on a Braket device is bought once, quoted in full and landed once, whoever interferes."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Ran
from tests.e2e.sandbox_process import GARNET, Bill, Sandbox

pytestmark = [pytest.mark.e2e, pytest.mark.long]

CIRCUIT = """OPENQASM 3.0;
input float theta;
qubit[2] q;
rx(theta) q[0];
cnot q[0], q[1];
"""
FORTE = "braket:arn:aws:braket:us-east-1::device/qpu/ionq/Forte-Enterprise-1"
RESERVATION = "arn:aws:braket:eu-north-1:000000000000:reservation/0a1b2c3d"
TWO_SETS = ("--points", "theta=0:3:150", "--shots", "50")
DOCUMENT = Path(__file__).parents[2] / "docs" / "quotes.md"
(COMPARED,) = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
BILLED = f"SELECT * EXCLUDE run_id FROM ({COMPARED})"  # noqa: S608 - our own query
LANDED = """SELECT count(*) AS n, count(DISTINCT execution_id) AS ids,
    (SELECT sum(count) FROM counts) AS shots FROM executions"""


@pytest.fixture
def sweep(tmp_path: Path) -> tuple[str, ...]:
    """Return a sweep's command, but for its points."""
    circuit = tmp_path / "pair.qasm"
    circuit.write_text(CIRCUIT)
    return ("sweep", "--circuit", str(circuit), "--observable", "Z0*Z1", "--target", GARNET)


def killed(on_garnet: Callable[..., Ran], *command: str, log: Path) -> str:
    """Kill a command once everything is bought and one task has come back; return its run."""
    ran = on_garnet("execution.collected", "1", str(log), *command, main="tests.e2e.killed:main")
    assert ran.code == -9, ran.err
    return str(on_garnet("runs", "--json").answer[0]["run_id"])


def test_a_sweep_quotes_all_that_it_buys_and_buys_nothing_for_nothing(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    wanted = (*sweep, *TWO_SETS, "--mitigate", "readout", "--readout-shots", "500", "--json")
    bill = Bill(sandbox)
    told = on_garnet("quote", *wanted).answer
    assert (told["cost_usd"], told["at_most_usd"]) == (13.225, 15.925)
    items = [
        {"item": "task_fees", "tasks": 2, "shots": 0, "usd": 0.60},
        {"item": "shots", "tasks": 0, "shots": 7500, "usd": 10.875},
        {"item": "readout_calibration", "tasks": 1, "shots": 1000, "usd": 1.75},
    ]
    assert told["items"] == items
    assert bill.since() == (0, 0, 0)
    found = on_garnet(*wanted).answer
    assert found["plan"] == {
        "tasks": 3,
        "shots": 8500,
        "fee_usd": 0.90,
        "usd": 13.225,
        "expected_usd": 13.225,
        "at_most_usd": 15.925,
        "items": items,
        "unpacked": {"tasks": 152, "fee_usd": 45.60, "usd": 57.925},
    }
    assert (found["cost_usd"], found["quote_usd"]) == (13.225, 15.925)
    assert found["bill"] == items
    assert on_garnet("query", BILLED, "--json").answer == [
        {"what": what, "expected_usd": usd, "at_most_usd": most, "charged_usd": paid}
        for what, usd, most, paid in (
            ("circuits", 11.475, 11.475, 11.475),
            ("expected_retries", 0, 2.70, 0),
            ("readout_calibration", 1.75, 1.75, 1.75),
        )
    ]
    assert bill.since() == (3, 8500, 13.225)
    again = on_garnet(*wanted).answer
    assert (again["measured"], again["cost_usd"], again["plan"]["tasks"]) == (0, 0, 0)
    assert bill.since() == (3, 8500, 13.225)


def test_what_was_landed_when_a_sweep_was_cancelled_is_not_landed_again_when_it_is_resumed(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...], tmp_path: Path
) -> None:
    bill = Bill(sandbox)
    run = killed(on_garnet, *sweep, *TWO_SETS, log=tmp_path / "log")
    assert on_garnet("cancel", run).code == 0
    resumed = on_garnet("resume", run, "--json").answer
    assert resumed["plan"]["tasks"] == 2
    assert on_garnet("query", LANDED, "--json").answer == [{"n": 2, "ids": 2, "shots": 7500}]
    assert bill.since()[0] == 2


@pytest.mark.parametrize("shots", ["50", "40"])
def test_a_sweep_that_another_one_overtook_lands_what_it_bought_and_buys_no_more(
    shots: str,
    on_garnet: Callable[..., Ran],
    sandbox: Sandbox,
    sweep: tuple[str, ...],
    tmp_path: Path,
) -> None:
    bill = Bill(sandbox)
    run = killed(on_garnet, *sweep, *TWO_SETS, log=tmp_path / "log")
    assert on_garnet(*sweep, "--points", "theta=0:3:150", "--shots", shots).code == 0
    resumed = on_garnet("resume", run, "--json")
    assert resumed.code == 0, resumed.err
    assert resumed.answer["shots"] == 7500
    other = 2 * (shots != "50")  # the same is taken over
    tasks, total = 2 + other, 7500 + 75 * other * int(shots)
    assert bill.since()[:2] == (tasks, total)
    landed = [{"n": tasks, "ids": tasks, "shots": total}]
    assert on_garnet("query", LANDED, "--json").answer == landed
    assert on_garnet("verify").code == 0


def test_a_reservation_pays_and_leaves_the_device_at_its_price_for_others(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    bill = Bill(sandbox)
    one = (*sweep, "--points", "theta=1", "--json")
    reserved = on_garnet(*one, "--reservation", RESERVATION).answer
    assert reserved["cost_usd"] == reserved["plan"]["usd"] == 0
    assert bill.since() == (1, 1000, 0)
    assert on_garnet(*one, "--seed", "2").answer["cost_usd"] == 1.75
    prices = on_garnet("query", "SELECT usd_per_task FROM device_snapshots", "--json").answer
    assert prices == [{"usd_per_task": 0.3}]


def test_a_debiased_sweep_is_not_taken_for_one_without_nor_the_other_way_round(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    one = (*sweep[:-1], FORTE, "--points", "theta=1", "--shots", "2500", "--json")
    bill = Bill(sandbox)
    plain, debiased = on_garnet(*one).answer, on_garnet(*one, "--debias").answer
    assert bill.since()[:2] == (2, 5000)
    assert debiased["experiment_id"] != plain["experiment_id"]
    for asked, first in (((), plain), (("--debias",), debiased)):
        again = on_garnet(*one, *asked).answer
        assert again["reused"] == [first["run_id"]]
        assert again["observables"] == first["observables"]
    assert bill.since()[:2] == (2, 5000)
