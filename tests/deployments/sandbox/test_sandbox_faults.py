"""Faults strike whom they should, as often as they should, and the same way each time."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox_calls import BUCKET, FORTE, GARNET, Caller, code, content

from deployments.sandbox import control
from deployments.sandbox.fault_book import FaultBook, Subject
from deployments.sandbox.fault_model import REQUEST_KINDS, Fault, Kind, read_faults
from deployments.sandbox.state import State
from deployments.sandbox.wire import Request
from tasks.errors import BadInput

CREATE = Subject("CreateQuantumTask", FORTE, "key")


def book(*faults: dict[str, object], seed: int = 1) -> FaultBook:
    found = FaultBook(seed=seed)
    found.add(read_faults(json.dumps(faults), origin="test"))
    return found


def struck(faults: FaultBook, times: int, subject: Subject = CREATE) -> list[bool]:
    return [bool(faults.strike(REQUEST_KINDS, subject)) for _ in range(times)]


@given(seed=st.integers(0, 2**31), probability=st.floats(0, 1))
def test_the_same_seed_strikes_the_same_calls(seed: int, probability: float) -> None:
    fault = {"kind": "internal", "probability": probability}
    assert struck(book(fault, seed=seed), 30) == struck(book(fault, seed=seed), 30)


@given(after=st.integers(0, 5), count=st.integers(1, 5))
def test_so_many_are_spared_and_then_so_many_struck(after: int, count: int) -> None:
    found = struck(book({"kind": "drop", "after": after, "next": count}), 12)
    assert found == [after <= call < after + count for call in range(12)]


def test_a_probability_is_met_within_four_standard_deviations() -> None:
    found = struck(book({"kind": "internal", "probability": 0.3}), 2_000)
    assert abs(sum(found) - 600) < 4 * (2_000 * 0.3 * 0.7) ** 0.5


@pytest.mark.parametrize(
    ("scope", "strikes"),
    [
        ({}, True),
        ({"operation": "CreateQuantumTask", "device": "forte-enterprise"}, True),
        ({"operation": "GetQuantumTask"}, False),
        ({"device": "garnet"}, False),
        ({"device": FORTE, "access_key": "key"}, True),
        ({"access_key": "another"}, False),
    ],
)
def test_a_fault_keeps_to_its_scope(scope: dict[str, object], *, strikes: bool) -> None:
    assert struck(book({"kind": "internal", **scope}), 1) == [strikes]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("nonsense", "is not JSON"),
        ('{"kind": "meteor"}', "0.kind"),
        ('[{"kind": "slow"}, {"kind": "slow", "probability": 2}]', "1.probability"),
        ('{"kind": "slow", "colour": "red"}', "0.colour"),
        ("7", "the whole"),
    ],
)
def test_what_is_not_a_fault_is_refused_with_its_place(text: str, part: str) -> None:
    with pytest.raises(BadInput) as found:
        read_faults(text, origin="faults.json")
    assert part in str(found.value)


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [
        ("throttle", 429, "ThrottlingException"),
        ("internal", 500, "InternalServiceException"),
        ("denied", 403, "AccessDeniedException"),
        ("expired", 403, "ExpiredTokenException"),
        ("queue_full", 402, "ServiceQuotaExceededException"),
        ("offline", 424, "DeviceOfflineException"),
        ("retired", 410, "DeviceRetiredException"),
    ],
)
def test_each_refusal_has_the_status_and_code_of_the_service(
    caller: Caller, kind: str, status: int, name: str
) -> None:
    caller.state.faults.add([Fault(kind=Kind(kind))])
    answer = caller.create()
    assert (answer.status, code(answer)) == (status, name)


def test_a_lost_answer_leaves_the_task(caller: Caller) -> None:
    caller.state.faults.add([Fault(kind=Kind.DROP, next=1)])
    assert caller.create(clientToken="lost").lost
    assert caller.create(clientToken="lost").status == 201
    assert len(content(caller.call("SearchQuantumTasks", filters=[]))["quantumTasks"]) == 1


def test_a_lost_request_leaves_nothing(caller: Caller) -> None:
    caller.state.faults.add([Fault(kind=Kind.DROP, next=1, when="before")])
    assert caller.create().lost
    assert content(caller.call("SearchQuantumTasks", filters=[]))["quantumTasks"] == []


def test_only_calls_above_a_rate_are_throttled(caller: Caller) -> None:
    caller.state.faults.add([Fault(kind=Kind.THROTTLE, per_second=5.0)])
    codes = [code(caller.call("SearchDevices", filters=[])) for _ in range(8)]
    assert codes[:5] == [""] * 5
    assert "ThrottlingException" in codes[5:]
    assert caller.state.calls.listed()["SearchDevices"]["throttled"] >= 1


def test_expired_credentials_work_again_with_another_key(state: State) -> None:
    state.faults.add([Fault(kind=Kind.EXPIRED, access_key="old")])
    assert code(Caller(state, access_key="old").create()) == "ExpiredTokenException"
    assert Caller(state, access_key="new").create().status == 201


def test_s3_words_its_refusals_in_xml(caller: Caller) -> None:
    caller.state.faults.add([Fault(kind=Kind.THROTTLE, operation="GetObject")])
    answer = caller.send("s3", "GET", f"/{BUCKET}/key")
    assert answer.status == 503
    assert b"<Code>SlowDown</Code>" in answer.body


def test_a_device_fault_waits_for_its_tasks(state: State) -> None:
    state.faults.add([Fault(kind=Kind.OFFLINE, device="garnet", after=2)])
    assert state.devices.status(GARNET) == "ONLINE"
    state.faults.started(GARNET)
    state.faults.started(FORTE)
    assert state.devices.status(GARNET) == "ONLINE"
    state.faults.started(GARNET)
    assert state.devices.status(GARNET) == "OFFLINE"
    assert state.devices.status(FORTE) == "ONLINE"


def test_a_fault_ends_after_its_time() -> None:
    now = [0.0]
    faults = FaultBook(seed=1, clock=lambda: now[0])
    faults.add([Fault(kind=Kind.INTERNAL, for_s=10.0), Fault(kind=Kind.OFFLINE, for_s=10.0)])
    assert struck(faults, 1) == [True]
    assert faults.standing(FORTE)
    now[0] = 11.0
    assert struck(faults, 1) == [False]
    assert not faults.standing(FORTE)


def test_a_new_calibration_has_another_identity_and_larger_errors(state: State) -> None:
    before = state.devices.snapshot(GARNET)
    state.faults.add([Fault(kind=Kind.RECALIBRATED, device="garnet", factor=2.0)])
    after = state.devices.snapshot(GARNET)
    assert after.calibration_id != before.calibration_id
    pairs = zip(before.pairs, after.pairs, strict=True)
    assert all(
        1 - new.fidelity.value == pytest.approx(2 * (1 - old.fidelity.value)) for old, new in pairs
    )


def test_a_new_calibration_may_be_another_bundled_one(state: State) -> None:
    fault = Fault(kind=Kind.RECALIBRATED, device="garnet", snapshot="emulator:garnet@2025-07-06")
    state.faults.add([fault])
    assert state.devices.snapshot(GARNET).published_at.year == 2025


def test_faults_are_added_listed_and_ended_over_http(state: State) -> None:
    def send(method: str, body: object = None, **query: tuple[str, ...]) -> dict[str, object]:
        encoded = b"" if body is None else json.dumps(body).encode()
        return content(
            control.handle(state, Request(method, "/sandbox/faults", query, {}, encoded))
        )

    assert send("POST", [{"kind": "slow"}, {"kind": "drop"}]) == {"ids": [1, 2]}
    assert send("DELETE", id=("1",)) == {"ended": 1}
    assert send("GET") == {"faults": [{"id": 2, "seen": 0, "struck": 0, "kind": "drop"}]}
    assert "colour" in str(send("POST", {"kind": "slow", "colour": "red"})["message"])
    assert send("DELETE") == {"ended": 1}
