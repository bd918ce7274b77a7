"""A run on a Braket device is bought once and paid as planned, whatever goes wrong on the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Ran
from tests.e2e.sandbox_process import GARNET, Bill, Sandbox

pytestmark = [pytest.mark.e2e, pytest.mark.long]

SHORT = (
    "vqe", "--target", GARNET, "--iterations", "2", "--final-shots", "3000",
    "--readout-shots", "1000", "--json",
)  # fmt: skip
PLANNED = 4  # readout, two iterations, the final estimate


def check_paid_as_planned(ran: Ran, bill: Bill, *, tasks: int = PLANNED) -> None:
    assert ran.code == 0, ran.err
    found = ran.answer
    assert found["executions"] == tasks
    assert bill.since() == (tasks, found["shots"], pytest.approx(found["cost_usd"], abs=1e-6))


def the_run(on_garnet: Callable[..., Ran]) -> str:
    (run,) = on_garnet("runs", "--json").answer
    return str(run["run_id"])


def test_a_device_gives_the_energy_of_its_emulator_and_the_bill_is_the_cost(
    on_garnet: Callable[..., Ran], sandbox: Sandbox
) -> None:
    bill = Bill(sandbox)
    device = on_garnet("vqe", "--problem", "h2", "--target", GARNET, "--json")
    check_paid_as_planned(device, bill, tasks=device.answer["executions"])
    emulated = on_garnet("vqe", "--problem", "h2", "--target", "emulator:garnet", "--json").answer
    found = device.answer
    assert found["calibration_id"] == emulated["calibration_id"]
    assert found["compiled_id"] == emulated["compiled_id"]
    spread = (found["stderr"] ** 2 + emulated["stderr"] ** 2) ** 0.5
    assert abs(found["energy"] - emulated["energy"]) < 4 * spread
    assert found["cost_usd"] <= found["quote_usd"]
    assert on_garnet("verify").code == 0


def test_a_cut_is_looked_for_on_a_device_for_what_was_quoted(
    on_garnet: Callable[..., Ran], sandbox: Sandbox
) -> None:
    bill = Bill(sandbox)
    graph = ("--graph", "grid:2:2", "--iterations", "2", "--readout-shots", "1000")
    ran = on_garnet("qaoa", "--target", GARNET, *graph, "--final-shots", "3000", "--json")
    check_paid_as_planned(ran, bill)
    assert ran.answer["best_cut"] == ran.answer["max_cut"] == 4
    assert ran.answer["cost_usd"] <= ran.answer["quote_usd"]


# Where each process of the chain is killed, counted from its own start.
POINTS = [
    ("execution.intended", 1),
    ("provider.asked:CreateQuantumTask", 1),
    ("provider.answered:CreateQuantumTask", 1),
    ("execution.bought", 1),
    ("execution.submitted", 1),
    ("execution.collected", 1),
    ("execution.bought", 1),
    ("provider.answered:GetObject", 4),
    ("execution.bought", 1),
    ("run.closed", 1),
]


def test_killed_at_any_step_nothing_is_bought_twice(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, tmp_path: Path
) -> None:
    bill, command = Bill(sandbox), SHORT
    for event, number in POINTS:
        killed = (event, str(number), str(tmp_path / "log"))
        ran = on_garnet(*killed, *command, main="tests.e2e.killed:main")
        assert ran.code == -9, f"{event} {number} was not reached: {ran.err}{ran.out}"
        command = ("resume", the_run(on_garnet), "--json")
    check_paid_as_planned(on_garnet(*command), bill)
    assert on_garnet("verify").code == 0


STORMS: dict[str, list[dict[str, Any]]] = {
    "lost answers": [{"kind": "drop", "operation": "CreateQuantumTask", "probability": 0.5}],
    "lost requests": [{"kind": "drop", "probability": 0.1, "when": "before"}],
    "throttling": [
        {"kind": "throttle", "probability": 0.2},
        {"kind": "throttle", "operation": "CreateQuantumTask", "next": 3},
    ],
    "internal errors": [{"kind": "internal", "probability": 0.15}],
    "slow and shuffled": [
        {"kind": "slow", "probability": 0.05, "delay_s": 0.5},
        {"kind": "shuffle", "delay_s": 1.0},
    ],
}


@pytest.mark.parametrize("faults", STORMS.values(), ids=STORMS.keys())
def test_what_passes_is_waited_for_and_buys_nothing_more(
    faults: list[dict[str, Any]], on_garnet: Callable[..., Ran], sandbox: Sandbox
) -> None:
    bill = Bill(sandbox)
    sandbox.strike(*faults)
    check_paid_as_planned(on_garnet(*SHORT), bill)
    assert any(fault["struck"] for fault in sandbox.ask("faults")["faults"])


def test_a_run_whose_credentials_expired_goes_on_with_new_ones(
    on_garnet: Callable[..., Ran], sandbox: Sandbox
) -> None:
    bill = Bill(sandbox)
    operation = {"operation": "GetQuantumTask", "after": 3}
    sandbox.strike({"kind": "expired", "access_key": "first", **operation})
    ran = on_garnet(*SHORT)
    assert ran.code == 1
    line = ran.line
    assert "expired" in line
    assert "Renew the credentials. Then `qrt resume` goes on" in line
    run = the_run(on_garnet)
    check_paid_as_planned(on_garnet("resume", run, "--json", AWS_ACCESS_KEY_ID="second"), bill)


def test_a_task_that_fails_ends_the_run_with_its_reason_and_is_not_bought_again(
    on_garnet: Callable[..., Ran], sandbox: Sandbox
) -> None:
    bill = Bill(sandbox)
    created = sandbox.ask("calls").get("CreateQuantumTask", {}).get("total", 0)
    sandbox.strike({"kind": "fail", "reason": "The fridge is warm", "next": 1})
    ran = on_garnet(*SHORT)
    assert ran.code == 1
    assert "The fridge is warm" in ran.line
    again = on_garnet("resume", the_run(on_garnet), "--json")
    assert again.code == 1
    assert "The fridge is warm" in again.line
    assert sandbox.ask("calls")["CreateQuantumTask"]["total"] == created + 1
    assert bill.since()[0] == 0


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "corrupt"}, "is not JSON"),
        ({"kind": "missing", "key": "programs/0/executables/0.json"}, "is not there"),
    ],
)
def test_a_damaged_result_is_named_and_nothing_is_bought_again(
    fault: dict[str, Any], said: str, on_garnet: Callable[..., Ran], sandbox: Sandbox
) -> None:
    bill = Bill(sandbox)
    sandbox.strike(fault)
    for command in (SHORT, ("resume",)):
        ran = on_garnet(*command, *(() if command is SHORT else (the_run(on_garnet),)))
        assert ran.code == 1
        assert said in ran.err
        assert "s3://amazon-braket-eu-north-1-000000000000/quantum-runtime/" in ran.err
    assert bill.since()[0] == 1


def test_a_resumed_run_keeps_the_calibration_that_it_began_with(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, tmp_path: Path
) -> None:
    bill = Bill(sandbox)
    killed = ("execution.bought", "1", str(tmp_path / "log"))
    on_garnet(*killed, *SHORT, main="tests.e2e.killed:main")
    sandbox.strike({"kind": "recalibrated", "device": "garnet", "factor": 2.0})
    ran = on_garnet("resume", the_run(on_garnet), "--json")
    check_paid_as_planned(ran, bill)
    began = "select distinct calibration_id, calibration_id_end from executions"
    (row,) = on_garnet("query", began, "--json").answer
    assert row["calibration_id"] == ran.answer["calibration_id"] != row["calibration_id_end"]
    straddling = "select count(*) as n from executions where straddles"
    assert on_garnet("query", straddling, "--json").answer == [{"n": 1}]  # bought before it


@pytest.mark.parametrize(
    ("target", "environment", "said"),
    [
        ("braket:garnet", {}, "Write braket:ARN"),
        (GARNET.replace("eu-north-1", "us-east-1"), {}, "eu-north-1::device/qpu/iqm/Garnet is"),
        (GARNET.replace("Garnet", "Onyx"), {}, "Onyx not found in eu-north-1"),
        (GARNET, {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "AWS_PROFILE"),
        (GARNET, {"AWS_PROFILE": "nobody"}, "nobody"),
        (GARNET, {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "Check the network"),
        (GARNET, {"AWS_ENDPOINT_URL": "nowhere"}, "AWS_ENDPOINT_URL"),
        (GARNET, {"AMZN_BRAKET_OUT_S3_BUCKET": "amazon-braket-absent"}, "amazon-braket-absent"),
        ("braket:arn:aws:braket:::device/quantum-simulator/amazon/sv1",
         {"AWS_DEFAULT_REGION": ""}, "AWS_DEFAULT_REGION"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_in_one_line_before_anything_is_bought(
    target: str,
    environment: dict[str, str],
    said: str,
    on_garnet: Callable[..., Ran],
    sandbox: Sandbox,
) -> None:
    created = sandbox.ask("calls").get("CreateQuantumTask")
    ran = on_garnet("vqe", "--target", target, **environment)
    assert ran.code == 2
    line = ran.line
    assert said in line
    assert "resume" not in line
    assert on_garnet("runs", "--json").answer == []
    assert sandbox.ask("calls").get("CreateQuantumTask") == created


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "retired", "device": "garnet"}, "Garnet is retired. Choose another device."),
        ({"kind": "offline", "device": "garnet"}, "Garnet is offline. Choose another device, or"),
        ({"kind": "denied", "operation": "HeadBucket"}, "docs/aws.md has the policy"),
        ({"kind": "denied", "operation": "GetDevice"}, "not authorized to perform"),
        ({"kind": "expired"}, "Renew the credentials."),
        ({"kind": "internal", "operation": "GetDevice"}, "Check the network and the endpoint."),
    ],
    ids=str,
)
def test_what_the_account_refuses_is_said_before_anything_is_bought(
    fault: dict[str, Any], said: str, on_garnet: Callable[..., Ran], sandbox: Sandbox
) -> None:
    sandbox.strike(fault)
    ran = on_garnet("vqe", "--target", GARNET)
    assert ran.code == 2
    assert said in ran.line
