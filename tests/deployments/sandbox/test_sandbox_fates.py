"""Faults that strike tasks: they fail, in part or as a whole, lose shots, come late or spoilt."""

import json
from pathlib import Path

import pytest
from sandbox_calls import BUCKET, FORTE, GARNET, Caller, content
from sandbox_runs import drain, object_of, run, sweep, the_bill

from deployments.sandbox.fault_model import Fault, Kind
from deployments.sandbox.settings import Settings
from deployments.sandbox.state import State

pytestmark = pytest.mark.slow


def test_part_of_a_program_set_fails_as_it_is_told(state: State) -> None:
    state.faults.add([Fault(kind=Kind.PARTIAL, fraction=0.5, retryable=True, reason="a cold")])
    task = run(state, GARNET, action=sweep(0.0, 0.1, 0.2, 0.3), shots=400)
    assert (task["status"], task["numSuccessfulShots"]) == ("COMPLETED", 200)
    metadata = object_of(state, task, "metadata.json")
    assert (metadata["totalFailedExecutables"], metadata["successfulShots"]) == (2, 200)
    entries = [object_of(state, task, f"programs/0/executables/{i}.json") for i in range(4)]
    failed = [entry["failureMetadata"] for entry in entries if "failureMetadata" in entry]
    assert failed == [{"failureReason": "a cold", "retryable": True, "category": "DEVICE"}] * 2


def test_a_program_set_that_fails_as_a_whole_is_failed_and_free(state: State) -> None:
    state.faults.add([Fault(kind=Kind.PARTIAL, fraction=1.0)])
    task = run(state, GARNET, action=sweep(0.0, 0.1), shots=200)
    assert task["status"] == "FAILED"
    assert object_of(state, task)["programResults"] == ["programs/0/results.json"]
    assert the_bill(state)["tasks"] == 0


def test_lost_shots_are_neither_returned_nor_charged(state: State) -> None:
    state.faults.add([Fault(kind=Kind.LOSE_SHOTS, fraction=0.25)])
    task = run(state, FORTE)
    assert task["numSuccessfulShots"] == 75
    assert len(object_of(state, task)["measurements"]) == 75
    assert the_bill(state)["usd"] == pytest.approx(0.30 + 75 * 0.08)


def test_a_single_circuit_may_come_back_as_a_program_set(state: State) -> None:
    from braket.schema_common import BraketSchemaBase

    state.faults.add([Fault(kind=Kind.AS_PROGRAM_SET)])
    task = run(state, FORTE)
    assert task["actionMetadata"]["actionType"] == "braket.ir.openqasm.program"
    found = object_of(state, task)
    assert BraketSchemaBase.parse_raw_schema(json.dumps(found))
    assert len(object_of(state, task, "programs/0/executables/0.json")["measurements"]) == 100


def test_a_result_may_be_missing_or_cut_short(state: State) -> None:
    state.faults.add([Fault(kind=Kind.MISSING, next=1), Fault(kind=Kind.CORRUPT, after=1)])
    assert object_of(state, run(state, FORTE)) == 404
    with pytest.raises(json.JSONDecodeError):
        object_of(state, run(state, FORTE))


def test_a_task_may_fail_for_a_reason_of_its_own(state: State) -> None:
    state.faults.add([Fault(kind=Kind.FAIL, reason="The chamber is warm.", next=1)])
    task = run(state, FORTE)
    assert (task["status"], task["failureReason"]) == ("FAILED", "The chamber is warm.")
    assert run(state, FORTE)["status"] == "COMPLETED"


def test_tasks_wait_while_their_device_is_offline_and_fail_when_it_is_retired(
    state: State,
) -> None:
    caller = Caller(state)
    arn = content(caller.create())["quantumTaskArn"]
    (number,) = state.faults.add([Fault(kind=Kind.OFFLINE, device="forte-enterprise")])
    drain(state)
    assert content(caller.call("GetQuantumTask", quantumTaskArn=arn))["status"] == "QUEUED"
    state.faults.clear(number)
    state.faults.add([Fault(kind=Kind.RETIRED, device="forte-enterprise")])
    drain(state)
    found = content(caller.call("GetQuantumTask", quantumTaskArn=arn))
    assert (found["status"], found["failureReason"]) == ("FAILED", f"Device {FORTE} is retired.")


def test_a_late_task_lets_others_pass(state: State) -> None:
    caller = Caller(state)
    state.faults.add([Fault(kind=Kind.LATE, delay_s=3600.0, next=1)])
    late, prompt = (content(caller.create())["quantumTaskArn"] for _ in range(2))
    drain(state)
    states = [
        content(caller.call("GetQuantumTask", quantumTaskArn=arn))["status"]
        for arn in (late, prompt)
    ]
    assert states == ["QUEUED", "COMPLETED"]


def test_a_task_cancelled_while_it_runs_leaves_nothing(tmp_path: Path) -> None:
    state = State.open(Settings(tmp_path, service_s=3600.0))
    caller = Caller(state)
    caller.send("s3", "PUT", f"/{BUCKET}")
    arn = content(caller.create())["quantumTaskArn"]
    drain(state)
    running = content(caller.call("GetQuantumTask", quantumTaskArn=arn))
    assert running["status"] == "RUNNING"
    answer = caller.call("CancelQuantumTask", quantumTaskArn=arn, clientToken="t")
    assert content(answer)["cancellationStatus"] == "CANCELLING"
    drain(state)
    ended = content(caller.call("GetQuantumTask", quantumTaskArn=arn))
    assert ended["status"] == "CANCELLED"
    assert object_of(state, ended) == 404
    assert the_bill(state)["tasks"] == 0
    state.store.close()


def test_a_device_outside_its_windows_lets_tasks_wait(tmp_path: Path) -> None:
    friday_noon = 1_795_176_000.0  # 2026-11-20T12:00Z: Forte rests on Thursdays from 11 to 17
    base = State.open(Settings(tmp_path, service_s=0.0, keep_windows=True))
    for moment, status in ((friday_noon - 86_400, "QUEUED"), (friday_noon, "COMPLETED")):
        state = State(
            base.settings, base.store, base.faults, base.devices, clock=lambda at=moment: at
        )
        Caller(state).send("s3", "PUT", f"/{BUCKET}")
        assert run(state, FORTE)["status"] == status
    base.store.close()
