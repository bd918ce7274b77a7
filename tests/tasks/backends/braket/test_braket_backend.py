"""A quantum task is created once for an execution, whatever the service and the network do."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.records.executions import ExecutionState, RunId
from tasks.backends.braket.backend import MAX_POLL_S, BraketBackend
from tasks.backends.braket.task_requests import EXECUTION_TAG, RUN_TAG, create_request
from tasks.core.planning.actions import Unit
from tasks.errors import (
    BadInput,
    Conflict,
    CredentialsExpired,
    InvalidRequest,
    ResultUnreadable,
    RuntimeFault,
    Throttled,
    Transient,
    Unavailable,
)
from tests.tasks.backends.braket.braket_provider import (
    GARNET,
    NOW,
    RUN,
    SOURCE,
    TARGET,
    Lost,
    Provider,
    an_execution,
)

SAID = ("CreateQuantumTask", "Code", "no")
FAULTS = {
    "throttled": Throttled(*SAID),
    "unavailable": Unavailable(*SAID),
    "lost": Lost(),
    "expired": CredentialsExpired(*SAID),
    "refused": InvalidRequest(*SAID),
    "fine": None,
}
scripts = st.lists(st.sampled_from(sorted(FAULTS)), max_size=12)


def a_backend(
    provider: Provider, *, began: Callable[[RunId], datetime] = lambda _: NOW
) -> BraketBackend:
    prices = resolve("emulator:garnet").prices
    return BraketBackend(TARGET, began=began, prices=lambda: prices, connection=provider)


def idle() -> None:
    """Do nothing between two looks."""


def keep_result(provider: Provider, task: dict[str, Any]) -> None:
    """Leave a result of two shots, whose qubits are in another order than the program's."""
    provider.objects[f"{task['outputS3Directory']}/results.json"] = json.dumps(
        {
            "braketSchemaHeader": {"name": "braket.task_result.gate_model_task_result"},
            "measurements": [[0, 1], [0, 1]],
            "measuredQubits": [3, 7],
            "additionalMetadata": {"action": {"source": SOURCE}},
        }
    ).encode()


def scripted(provider: Provider, operation: str, names: Sequence[str]) -> None:
    provider.script[operation] = [FAULTS[name] for name in names]


@given(creating=scripts, searching=scripts, number=st.integers(1, 3), forgetful=st.booleans())
def test_whatever_fails_there_is_one_task_an_execution(
    creating: list[str], searching: list[str], number: int, *, forgetful: bool
) -> None:
    provider = Provider(forgetful=forgetful)
    scripted(provider, "CreateQuantumTask", creating)
    scripted(provider, "SearchQuantumTasks", searching)
    handles: dict[str, str] = {}
    for _ in range(30):  # each is a process that takes the run up again
        backend = a_backend(provider)
        try:
            for i in range(number):
                execution = an_execution(i)
                handle = backend.find(execution) or backend.submit(execution)
                assert handles.setdefault(execution.execution_id, handle) == handle
        except RuntimeFault:
            continue
    assert len(provider.tasks) == len(handles) == number


@given(looking=st.lists(st.sampled_from(sorted(FAULTS)), max_size=20))
def test_what_goes_wrong_while_waiting_never_buys_anything(looking: list[str]) -> None:
    provider = Provider()
    handle = a_backend(provider).submit(an_execution())
    scripted(provider, "GetQuantumTask", looking)
    for _ in range(30):
        try:
            a_backend(provider).wait(handle, between=idle)
        except RuntimeFault:
            continue
    assert provider.calls["CreateQuantumTask"] == len(provider.tasks) == 1


def test_a_lost_answer_is_looked_for_before_it_is_asked_for_again() -> None:
    provider = Provider()
    scripted(provider, "CreateQuantumTask", ["lost"])
    handle = a_backend(provider).submit(an_execution())
    assert provider.calls == {"CreateQuantumTask": 1, "SearchQuantumTasks": 1}
    assert [task["quantumTaskArn"] for task in provider.tasks.values()] == [handle]


def test_throttling_is_met_with_patience_and_ends() -> None:
    provider = Provider()
    scripted(provider, "CreateQuantumTask", ["throttled"] * 100)
    with pytest.raises(Throttled):
        a_backend(provider).submit(an_execution())
    assert provider.calls["CreateQuantumTask"] == 8
    assert provider.time_s < 120
    assert provider.pauses == sorted(provider.pauses)


@pytest.mark.parametrize("fault", ["expired", "refused"])
def test_what_is_terminal_is_asked_once(fault: str) -> None:
    provider = Provider()
    scripted(provider, "CreateQuantumTask", [fault] * 5)
    with pytest.raises(type(FAULTS[fault])):  # type: ignore[arg-type]  # both are faults
        a_backend(provider).submit(an_execution())
    assert provider.calls["CreateQuantumTask"] == 1
    assert provider.pauses == []


def test_a_token_taken_by_the_same_execution_is_adopted() -> None:
    provider = Provider()
    handle = a_backend(provider).submit(an_execution())
    provider.script["CreateQuantumTask"] = [Conflict(*SAID), Conflict(*SAID)]
    assert a_backend(provider).submit(an_execution()) == handle
    provider.tasks.clear()
    with pytest.raises(Conflict):
        a_backend(provider).submit(an_execution())


def test_the_tasks_of_a_run_are_listed_once_through_all_pages() -> None:
    provider = Provider(page=3)
    for number in range(10):
        a_backend(provider).submit(an_execution(number))
    backend = a_backend(provider)
    found = [backend.find(an_execution(number)) for number in range(12)]
    assert found[:10] == [task["quantumTaskArn"] for task in provider.tasks.values()]
    assert found[10:] == [None, None]
    assert provider.calls["SearchQuantumTasks"] == 4


def test_the_search_begins_before_the_run_did() -> None:
    asked: list[datetime] = []

    class Listening(Provider):
        def ask_once(self, service: str, operation: str, **members: object) -> dict[str, object]:
            filters = {entry["name"]: entry for entry in members["filters"]}  # type: ignore[attr-defined]
            assert filters["deviceArn"]["values"] == [GARNET]
            asked.append(datetime.fromisoformat(filters["createdAt"]["values"][0]))
            return super().ask_once(service, operation, **members)

    a_backend(Listening(), began=lambda _: datetime.now(UTC)).find(an_execution())
    assert (datetime.now(UTC) - asked[0]).total_seconds() == pytest.approx(3600, abs=30)


def test_a_task_is_looked_at_less_and_less_often_with_one_call_a_look() -> None:
    provider = Provider(looks=40)
    backend = a_backend(provider)
    outcome = backend.wait(backend.submit(an_execution()), between=idle)
    assert outcome.state is ExecutionState.COMPLETED
    assert provider.calls["GetQuantumTask"] == 40
    assert 0.75 <= provider.pauses[0] <= 1.25
    assert 0.75 * MAX_POLL_S <= provider.pauses[-1] <= 1.25 * MAX_POLL_S
    assert provider.calls["GetDevice"] >= 2


@pytest.mark.parametrize(
    ("status", "end", "state", "failure"),
    [
        ("COMPLETED", {}, ExecutionState.COMPLETED, None),
        ("COMPLETED", {"numSuccessfulShots": 20}, ExecutionState.PARTIAL, "20 of 30 shots"),
        ("FAILED", {"failureReason": "too warm"}, ExecutionState.FAILED, "too warm"),
        ("FAILED", {}, ExecutionState.FAILED, "no reason"),
        ("CANCELLED", {}, ExecutionState.CANCELLED, "no reason"),
    ],
)
def test_how_a_task_ended_is_said_with_its_reason(
    status: str, end: dict[str, object], state: ExecutionState, failure: str | None
) -> None:
    provider = Provider(status=status)
    backend = a_backend(provider)
    handle = backend.submit(an_execution())
    task = provider.tasks[an_execution().execution_id]
    task["end"] = end
    keep_result(provider, task)
    outcome = backend.wait(handle, between=idle)
    assert outcome.state is state
    assert (failure or "") in (outcome.failure or "")
    assert outcome.started_at == NOW
    assert len(outcome.calibration_id_end) == 64


def test_the_calibration_at_the_end_is_not_told_by_one_that_was_made_later() -> None:
    provider = Provider()
    backend = a_backend(provider)
    handle = backend.submit(an_execution())
    later = resolve("emulator:garnet").published_at + timedelta(seconds=1)
    for ended_at, told in ((later, True), (later - timedelta(seconds=2), False)):
        task = provider.tasks[an_execution().execution_id]
        task["end"] = {"endedAt": ended_at}
        outcome = backend.wait(handle, between=idle)
        assert (outcome.calibration_id_end is not None) == told
    assert backend.calibration() is not None


def test_a_failed_task_is_charged_for_the_shots_that_came_back() -> None:
    for shots, usd in ((0, "0"), (4, "0.3058")):
        provider = Provider(status="FAILED")
        backend = a_backend(provider)
        handle = backend.submit(an_execution())
        provider.tasks[an_execution().execution_id]["end"] = {"numSuccessfulShots": shots}
        outcome = backend.wait(handle, between=idle)
        assert (outcome.shots_returned, outcome.charged_usd) == (shots, Decimal(usd))


def test_how_a_task_ended_is_known_without_its_result() -> None:
    provider = Provider()
    backend = a_backend(provider)
    handle = backend.submit(an_execution())
    provider.tasks[an_execution().execution_id]["end"] = {"numSuccessfulShots": 20}
    outcome = backend.wait(handle, between=idle)
    assert (outcome.state, outcome.failure) == (
        ExecutionState.PARTIAL,
        "20 of 30 shots came back",
    )


def test_with_the_credentials_of_another_account_nothing_is_looked_for_or_bought() -> None:
    provider = Provider()
    prices = resolve("emulator:garnet").prices
    backend = BraketBackend(
        TARGET,
        began=lambda _: NOW,
        prices=lambda: prices,
        account=lambda _, here: f"not {here}",
        connection=provider,
    )
    with pytest.raises(BadInput, match=r"buys in AWS account not 1; these .* are for 1"):
        backend.find(an_execution())
    assert not provider.calls


def test_a_missing_object_is_no_reason_to_ask_again() -> None:
    provider = Provider()
    backend = a_backend(provider)
    handle = backend.submit(an_execution())
    backend.wait(handle, between=idle)
    with pytest.raises(ResultUnreadable, match=r"s3://results/.*results.json.*not there"):
        backend.fetch(handle)
    assert provider.calls["GetObject"] == 1
    assert provider.calls["GetQuantumTask"] == 2


def test_a_result_is_read_once_and_its_shots_are_counted_where_they_are_not_stated() -> None:
    provider = Provider()
    backend = a_backend(provider)
    handle = backend.submit(an_execution(shots=3))
    task = provider.tasks[an_execution().execution_id]
    task["end"] = {"numSuccessfulShots": None}
    keep_result(provider, task)
    outcome = backend.wait(handle, between=idle)
    assert (outcome.state, outcome.shots_returned) == (ExecutionState.PARTIAL, 2)
    (found,) = backend.fetch(handle)
    assert (found.outcomes.tolist(), found.counts.tolist()) == ([1], [2])  # $7 is the first bit
    assert provider.calls["GetObject"] == 1
    backend.discard(handle)
    assert backend.fetch(handle)


def test_the_request_is_the_executions_own_bytes_token_and_tags() -> None:
    execution = an_execution()
    request = create_request(execution, arn=GARNET, bucket="results")
    assert request["clientToken"] == execution.execution_id
    assert request["action"].encode() == execution.action
    assert request["shots"] == execution.shots
    assert request["tags"] == {RUN_TAG: RUN, EXECUTION_TAG: execution.execution_id}
    assert request["outputS3KeyPrefix"].endswith(RUN)
    assert create_request(execution, arn=GARNET, bucket="results") == request


@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["iqm", "rigetti", "ionq"])
def test_the_sdk_reads_the_device_parameters_of_a_verbatim_circuit(vendor: str) -> None:
    from braket.schema_common import BraketSchemaBase

    arn = f"arn:aws:braket:us-east-1::device/qpu/{vendor}/Some-1"
    request = create_request(an_execution(), arn=arn, bucket="results")
    found = BraketSchemaBase.parse_raw_schema(request["deviceParameters"])
    assert found.paradigmParameters.qubitCount == 2
    assert found.paradigmParameters.disableQubitRewiring is True


def test_program_sets_simulators_and_other_vendors_take_no_device_parameters() -> None:
    sets = an_execution(units=[Unit(SOURCE, ()), Unit(SOURCE, ())])
    sv1 = "arn:aws:braket:::device/quantum-simulator/amazon/sv1"
    aqt = "arn:aws:braket:eu-north-1::device/qpu/aqt/Ibex-Q1"
    for execution, arn in ((sets, GARNET), (an_execution(), sv1), (an_execution(), aqt)):
        assert "deviceParameters" not in create_request(execution, arn=arn, bucket="b")


def test_when_asking_did_not_help_the_next_look_is_a_fresh_one() -> None:
    provider = Provider()
    backend = a_backend(provider)
    assert backend.find(an_execution()) is None
    scripted(provider, "CreateQuantumTask", ["lost"])
    scripted(provider, "SearchQuantumTasks", ["unavailable"] * 100)
    with pytest.raises(Transient):
        backend.submit(an_execution())
    provider.script.clear()
    assert backend.find(an_execution()) is not None
    assert len(provider.tasks) == 1


def test_another_run_is_another_list() -> None:
    provider = Provider()
    began: list[RunId] = []

    def beginning(run_id: RunId) -> datetime:
        began.append(run_id)
        return NOW

    backend = a_backend(provider, began=beginning)
    backend.find(an_execution())
    backend.find(an_execution(1))
    assert began == [RUN]
