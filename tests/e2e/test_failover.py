"""A device that is lost before anything is bought is replaced; after that nothing moves."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Command, Ran
from tests.e2e.sandbox_process import GARNET, Bill, Sandbox

pytestmark = [pytest.mark.e2e, pytest.mark.long]

CIRCUIT = """OPENQASM 3.0;
input float theta;
qubit[2] q;
rx(theta) q[0];
cnot q[0], q[1];
"""
CEPHEUS = "braket:arn:aws:braket:us-west-1::device/qpu/rigetti/Cepheus-1-108Q"
EMERALD = "braket:arn:aws:braket:eu-north-1::device/qpu/iqm/Emerald"
QPUS = ("iqm/Garnet", "iqm/Emerald", "rigetti/Cepheus-1-108Q", "ionq/Forte-Enterprise-1")
CHOICES = """SELECT selection_id, target, rank, chosen, reason FROM selections
    WHERE chosen OR rank IS NULL ORDER BY selection_id, chosen DESC, target"""
BEFORE = ("run.quoted", "1")
BOUGHT = ("execution.bought", "1")


def lost(target: str, kind: str = "offline") -> dict[str, Any]:
    return {"kind": kind, "device": target.removeprefix("braket:")}


@pytest.fixture
def sweep(tmp_path: Path) -> tuple[str, ...]:
    """Return a sweep's command, but for its target."""
    circuit = tmp_path / "pair.qasm"
    circuit.write_text(CIRCUIT)
    asked = ("--observable", "Z0*Z1", "--points", "theta=0:3:5", "--shots", "100")
    return ("sweep", "--circuit", str(circuit), *asked)


def killed_at(on: Callable[..., Ran], where: tuple[str, str], log: Path, *command: str) -> str:
    ran = on(*where, str(log), *command, main="tests.e2e.killed:main")
    assert ran.code == -9, ran.err
    return str(on("runs", "--json").answer[0]["run_id"])


@pytest.mark.parametrize("kind", ["offline", "retired"])
def test_a_device_that_is_lost_before_the_purchase_is_replaced_within_the_quote(
    kind: str, on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    bill = Bill(sandbox)
    faults = json.dumps([lost(GARNET, kind)])
    # Forte is more faithful and beyond the cap, and Emerald is beyond what was quoted.
    first = on_garnet(*sweep, "--target", "braket:auto:best:1.5", "--json", "--seed", "2").answer
    assert first["target"] == GARNET
    ran = on_garnet(
        "run.quoted", faults, *sweep, "--target", "braket:auto:best:1.5", "--json",
        main="tests.e2e.striking:main",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.answer["target"] == CEPHEUS
    assert f"{GARNET} is lost before anything was bought: Garnet is {kind}" in ran.err
    assert ran.answer["cost_usd"] <= first["quote_usd"]
    assert bill.since()[0] == 2
    run_id = ran.answer["run_id"]
    rows = on_garnet("query", CHOICES, "--json").answer
    of_run = [row for row in rows if row["chosen"] or "it was lost" in row["reason"]]
    assert {row["target"] for row in of_run if row["chosen"]} == {GARNET, CEPHEUS}
    assert any(row["target"] == GARNET and "it was lost" in row["reason"] for row in of_run)
    report = Path(ran.answer["report"]).read_text()
    assert "was then lost" in report
    assert run_id in report


def test_a_killed_run_that_bought_nothing_goes_on_elsewhere(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...], tmp_path: Path
) -> None:
    bill = Bill(sandbox)
    wanted = (*sweep, "--target", "braket:auto:best:1.5", "--json")
    run = killed_at(on_garnet, BEFORE, tmp_path / "log", *wanted)
    sandbox.strike(lost(GARNET))
    resumed = on_garnet("resume", run, "--json")
    assert resumed.code == 0, resumed.err
    assert resumed.answer["target"] == CEPHEUS
    assert bill.since()[0] == 1
    assert on_garnet("verify").code == 0


def test_a_killed_run_that_has_bought_something_stays_where_it_is(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...], tmp_path: Path
) -> None:
    bill = Bill(sandbox)
    wanted = (*sweep, "--target", "braket:auto:best:1.5", "--json")
    run = killed_at(on_garnet, BOUGHT, tmp_path / "log", *wanted)
    # A better price elsewhere, or a worse device here, moves nothing either.
    sandbox.strike({"kind": "recalibrated", "device": GARNET.removeprefix("braket:"), "factor": 9})
    resumed = on_garnet("resume", run, "--json")
    assert resumed.code == 0, resumed.err
    assert resumed.answer["target"] == GARNET
    assert bill.since()[0] == 1


def test_a_named_device_that_is_offline_is_refused_with_what_takes_work(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    bill = Bill(sandbox)
    sandbox.strike(lost(GARNET))
    ran = on_garnet(*sweep, "--target", GARNET)
    assert ran.code == 2
    assert "Garnet is offline" in ran.line
    assert EMERALD in ran.line
    assert "--target braket:auto" in ran.line
    assert bill.since()[0] == 0


def test_a_named_device_that_is_lost_on_the_way_is_not_replaced(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    bill = Bill(sandbox)
    faults = json.dumps([lost(GARNET)])
    ran = on_garnet(
        "run.quoted", faults, *sweep, "--target", GARNET, "--json", main="tests.e2e.striking:main"
    )
    assert ran.code == 1
    assert EMERALD in ran.err
    assert bill.since()[0] == 0


def test_when_all_are_lost_each_is_named_with_its_reason(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    sandbox.strike(*({"kind": "offline", "device": f"{name}"} for name in _arns(sandbox)))
    ran = on_garnet(*sweep, "--target", "braket:auto")
    assert ran.code == 2
    for name in QPUS:
        assert f"{name}: it is offline" in ran.line


def _arns(sandbox: Sandbox) -> list[str]:
    return [arn for arn in sandbox.ask("health")["devices"] if "/qpu/" in arn]


def test_a_device_under_quarantine_is_not_chosen_and_a_run_leaves_it(
    qrt: Command, sweep: tuple[str, ...], tmp_path: Path
) -> None:
    wanted = (*sweep, "--target", "auto:best:1.05", "--json")
    run = killed_at(qrt, BEFORE, tmp_path / "log", *wanted)
    assert qrt("devices", "quarantine", "garnet", "--reason", "leaks").code == 0
    resumed = qrt("resume", run, "--json")
    assert resumed.code == 0, resumed.err
    assert resumed.answer["target"] == "emulator:cepheus"
    assert "emulator:garnet is lost before anything was bought: it is quarantined" in resumed.err
    found = qrt("select", "--circuit", sweep[2], "--json").answer
    (refused,) = [each for each in found["rejected"] if each["target"] == "emulator:garnet"]
    assert "quarantined" in refused["reason"]
    assert "leaks" in refused["reason"]


def test_a_run_does_not_leave_its_device_for_one_beyond_its_quote(
    qrt: Command, sweep: tuple[str, ...], tmp_path: Path
) -> None:
    run = killed_at(qrt, BEFORE, tmp_path / "log", *sweep, "--target", "auto:cheapest")
    assert qrt("devices", "quarantine", "cepheus", "--reason", "leaks").code == 0
    resumed = qrt("resume", run)
    assert resumed.code == 2
    assert "emulator:garnet: it may cost 1.03 USD, and 0.5125 were quoted" in resumed.err
    assert "The run was quoted 0.5125 USD; start a new one to spend more." in resumed.err


def test_the_devices_of_an_account_are_considered_as_they_stand(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    bill = Bill(sandbox)
    sandbox.strike(lost(EMERALD))
    ran = on_garnet("select", "--circuit", sweep[2], "--account", "--policy", "best", "--json")
    assert ran.code == 0, ran.err
    found = ran.answer
    assert found["target"].endswith("ionq/Forte-Enterprise-1")
    assert {each["queue_depth"] for each in found["candidates"]} == {0}
    reasons = {each["target"]: each["reason"] for each in found["rejected"]}
    assert reasons[EMERALD] == "it is offline"
    assert bill.since()[0] == 0
