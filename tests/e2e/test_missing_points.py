"""A circuit that a device cannot do costs a sweep its own point, with the reason, and no other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

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
WARM: dict[str, Any] = {
    "kind": "partial",
    "fraction": 0.02,
    "retryable": False,
    "reason": "The qubit is too warm.",
    "next": 1,
}
VALUES = "SELECT count(*) AS n, count(DISTINCT point) AS points FROM estimates"


@pytest.fixture
def sweep(tmp_path: Path) -> tuple[str, ...]:
    """Return a sweep of 150 points, which are two program sets."""
    circuit = tmp_path / "pair.qasm"
    circuit.write_text(CIRCUIT)
    asked = ("--points", "theta=0:3:150", "--shots", "50", "--observable", "Z0*Z1")
    return ("sweep", "--circuit", str(circuit), *asked, "--target", GARNET)


def test_a_circuit_that_fails_for_good_costs_its_own_point_and_the_next_sweep_buys_that_alone(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    sandbox.strike(WARM)
    bill = Bill(sandbox)
    ran = on_garnet(*sweep, "--json")
    assert ran.code == 0, ran.err
    found = ran.answer
    (gap,) = found["missing"]
    assert (gap["target"], gap["reason"]) == (GARNET, WARM["reason"])
    assert gap["points"] == found["missing_points"] == sum(b - a for a, b in gap["rows"]) == 2
    assert found["observables"][0]["points"] == 148
    assert "2 points missing" in ran.err
    assert on_garnet("query", VALUES, "--json").answer == [{"n": 148, "points": 148}]
    report = Path(found["report"]).read_text()
    assert "What is missing" in report
    assert WARM["reason"] in report
    assert "2 points of" in on_garnet("show", found["run_id"]).out
    assert bill.since()[0] == 2

    again = on_garnet(*sweep, "--json").answer
    assert (again["measured"], again["missing"], again["plan"]["tasks"]) == (2, [], 1)
    assert again["observables"][0]["points"] == 150
    assert on_garnet("query", VALUES, "--json").answer[0]["n"] == 150
    assert bill.since()[0] == 3
    assert on_garnet(*sweep, "--json").answer["measured"] == 0
    assert on_garnet("verify").code == 0


@pytest.mark.parametrize("event", ["file.landed", "piece.landed"])
def test_a_sweep_with_missing_points_that_is_killed_goes_on_and_buys_nothing_more(
    event: str,
    on_garnet: Callable[..., Ran],
    sandbox: Sandbox,
    sweep: tuple[str, ...],
    tmp_path: Path,
) -> None:
    sandbox.strike(WARM)
    bill = Bill(sandbox)
    number = "6" if event == "file.landed" else "1"  # the first file of the piece itself
    killed = (event, number, str(tmp_path / "log"))
    ran = on_garnet(*killed, *sweep, main="tests.e2e.killed:main")
    assert ran.code == -9, ran.err
    run = on_garnet("runs", "--json").answer[0]["run_id"]
    found = on_garnet("resume", run, "--json").answer
    assert found["missing_points"] == 2
    assert found["observables"][0]["points"] == 148
    assert bill.since()[0] == 2
    assert on_garnet("verify").code == 0


def test_a_task_that_fails_costs_its_points_and_a_sweep_without_any_fails(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    sandbox.strike({"kind": "fail", "reason": "The fridge is warm", "next": 1})
    found = on_garnet(*sweep, "--json").answer
    (gap,) = found["missing"]
    assert "The fridge is warm" in gap["reason"]
    assert 0 < gap["points"] < 150
    assert found["observables"][0]["points"] == 150 - gap["points"]

    sandbox.strike({"kind": "fail", "reason": "The fridge is warm"})
    ran = on_garnet(*sweep, "--seed", "2", "--json")
    assert ran.code == 1
    assert "returned nothing: " in ran.line
    assert "The fridge is warm" in ran.line
    assert on_garnet("runs", "--json").answer[0]["state"] == "failed"


def test_a_device_and_its_emulator_are_swept_side_by_side_and_quoted_together(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    bill = Bill(sandbox)
    both = on_garnet(*sweep, "--target", "emulator:garnet", "--json").answer
    assert both["target"] == f"{GARNET}, emulator:garnet"
    device, emulated = both["targets"]
    assert (device["target"], emulated["target"]) == (GARNET, "emulator:garnet")
    assert both["plan"]["tasks"] == device["executions"] + 2
    assert bill.since() == (2, 7500, device["cost_usd"])
    one, other = both["observables"]
    assert (one["observable"], one["target"]) == ("Z0*Z1", GARNET)
    assert abs(one["most"] - other["most"]) < 6 * (one["stderr"] + other["stderr"])
    assert (device["engines"], len(emulated["engines"])) == ([], 1)
