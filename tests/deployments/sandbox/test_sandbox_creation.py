"""Creating a task: once for each token, within the device's limits, in the service's words."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_calls import (
    BELL,
    BUCKET,
    DM1,
    FORTE,
    GARNET,
    SV1,
    Caller,
    code,
    content,
    program,
    program_set,
)

from deployments.sandbox import task_rows
from deployments.sandbox.service_model import operations
from deployments.sandbox.settings import Settings
from deployments.sandbox.state import State
from deployments.sandbox.validation import check

REQUESTS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from([100, 200])), max_size=8
)


@given(REQUESTS)
@settings(max_examples=10, deadline=None)
def test_a_token_stands_for_one_request_and_one_task(requests: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        state = State.open(Settings(Path(folder)))
        caller = Caller(state)
        caller.send("s3", "PUT", f"/{BUCKET}")
        first: dict[str, tuple[int, str]] = {}
        for token, shots in requests:
            answer = caller.create(clientToken=token, shots=shots)
            if first.setdefault(token, (shots, ""))[0] != shots:
                assert (answer.status, code(answer)) == (409, "ConflictException")
                continue
            arn = content(answer)["quantumTaskArn"]
            assert first[token][1] in {"", arn}
            first[token] = (shots, arn)
        with state.store.reading() as connection:
            count = task_rows.count(connection, FORTE, states=task_rows.WAITING)
        state.store.close()
        assert count == len({arn for _, arn in first.values()})


def test_a_token_counts_in_its_region_only(state: State) -> None:
    answers = [
        Caller(state, region).create(SV1, clientToken="same")
        for region in ("us-east-1", "eu-west-2")
    ]
    assert len({content(answer)["quantumTaskArn"] for answer in answers}) == 2


def test_a_token_that_is_known_attaches_even_when_the_device_is_gone(caller: Caller) -> None:
    before = content(caller.create(clientToken="known"))
    caller.state.faults.add(fault("retired", device="forte-enterprise"))
    assert content(caller.create(clientToken="known")) == before
    assert code(caller.create()) == "DeviceRetiredException"


def fault(kind: str, **more: object) -> list[object]:
    from deployments.sandbox.fault_model import read_faults

    return list(read_faults(json.dumps({"kind": kind, **more}), origin="test"))


@pytest.mark.parametrize("shots", [0, 99, 5001])
def test_shots_out_of_range_are_refused_in_brakets_words(caller: Caller, shots: int) -> None:
    answer = caller.create(shots=shots)
    text = f"Shot count should be between 100 and 5000 on {FORTE}, but found {shots}."
    assert (answer.status, code(answer)) == (400, "ValidationException")
    assert content(answer)["message"] == text


def test_a_bucket_that_is_not_there_is_refused_in_brakets_words(caller: Caller) -> None:
    answer = caller.create(outputS3Bucket="amazon-braket-nobodys")
    text = "Caller doesn't have access to amazon-braket-nobodys or it doesn't exist."
    assert content(answer)["message"] == text


def test_simulators_refuse_a_register_with_an_unused_qubit(caller: Caller) -> None:
    wide = BELL.replace("qubit[2]", "qubit[3]")
    assert (
        "all qubits in the qubit register"
        in content(caller.create(SV1, action=program(wide)))["message"]
    )
    assert caller.create(SV1, action=program(BELL)).status == 201
    assert caller.create(FORTE, action=program(wide)).status == 201


UNMEASURED = "Device requires all qubits in the program to be measured"


@given(n_qubits=st.integers(1, 4), measured=st.sets(st.integers(0, 3)), spaced=st.booleans())
@settings(max_examples=20, deadline=None)
def test_simulators_take_programs_that_measure_all_qubits_or_none(
    n_qubits: int, measured: set[int], *, spaced: bool
) -> None:
    space = " " if spaced else ""
    places = [place for place in sorted(measured, reverse=True) if place < n_qubits]
    lines = [
        f"OPENQASM 3.0; /* measure q[0]; */ bit[4] b; qubit[{n_qubits}] q;",
        *(f"h q{space}[{place}];" for place in range(n_qubits)),
        *(f"b[{i}] = measure q{space}[{place}]; // measured" for i, place in enumerate(places)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        state = State.open(Settings(Path(folder)))
        caller = Caller(state)
        caller.send("s3", "PUT", f"/{BUCKET}")
        answers = [
            caller.create(device, action=program("\n".join(lines))) for device in (SV1, FORTE)
        ]
        state.store.close()
    assert answers[1].status == 201
    if len(places) in {0, n_qubits}:
        assert answers[0].status == 201
    else:
        assert (answers[0].status, code(answers[0])) == (400, "ValidationException")
        assert content(answers[0])["message"].startswith(UNMEASURED)


def test_a_register_that_is_measured_at_once_is_measured_whole(caller: Caller) -> None:
    whole = "OPENQASM 3.0; bit[2] b; qubit[2] q; h q; b = measure q;"
    assert caller.create(SV1, action=program(whole)).status == 201


@pytest.mark.parametrize(
    "source",
    ['include "/etc/passwd";', 'include/* hidden */"stdgates.inc";', "/tmp/circuit.qasm"],  # noqa: S108 - a text that is never opened
)
def test_a_program_never_opens_a_file(caller: Caller, source: str) -> None:
    answer = caller.create(action=program(source))
    assert content(answer)["message"] == "Include statements are not supported."


def test_a_comment_may_speak_of_includes(caller: Caller) -> None:
    assert caller.create(action=program(f"// include nothing\n{BELL}")).status == 201


@pytest.mark.parametrize(
    ("programs", "shots", "text"),
    [
        (101, 101, "Executable count should be at most 100"),
        (3, 100, "is not divisible by the number of executables 3"),
        (1, 200_001, "Total shot count should be between 1 and 200000"),
        (1, 20_001, "Shot count per executable should be between 1 and 20000"),
    ],
)
def test_program_sets_keep_to_the_devices_limits(
    state: State, programs: int, shots: int, text: str
) -> None:
    entries = [program_entry() for _ in range(programs)]
    answer = Caller(state, "eu-north-1").create(GARNET, action=program_set(*entries), shots=shots)
    assert code(answer) == "ValidationException"
    assert text in content(answer)["message"]


def program_entry(**inputs: list[float]) -> dict[str, object]:
    return {**program(), "inputs": inputs}


def test_a_bad_program_of_a_set_is_named(state: State) -> None:
    uneven = program_entry(a=[1.0, 2.0], b=[1.0])
    answer = Caller(state, "eu-north-1").create(
        GARNET, action=program_set(program_entry(), uneven), shots=100
    )
    found = content(answer)
    assert found["reason"] == "ProgramSetValidationFailed"
    assert [failure["programIndex"] for failure in found["programSetValidationFailures"]] == [1]


def test_a_device_without_program_sets_refuses_them(caller: Caller) -> None:
    answer = caller.create(FORTE, action=program_set(program_entry()))
    assert "is not supported" in content(answer)["message"]


def test_a_machine_is_reached_from_its_own_region_only(state: State) -> None:
    assert code(Caller(state, "us-west-1").create(GARNET)) == "ValidationException"
    assert Caller(state, "eu-north-1").create(GARNET).status == 201


def test_answers_have_the_members_that_the_model_promises(caller: Caller) -> None:
    arn = content(caller.create(tags={"team": "a"}))["quantumTaskArn"]
    limit = {"deviceArn": FORTE, "spendingLimit": "100.00", "clientToken": "limit"}
    made = content(caller.call("CreateSpendingLimit", **limit))["spendingLimitArn"]
    calls = {
        "GetDevice": {"deviceArn": FORTE},
        "SearchDevices": {"filters": []},
        "GetQuantumTask": {"quantumTaskArn": arn, "additionalAttributeNames": ["QueueInfo"]},
        "SearchQuantumTasks": {"filters": []},
        "ListTagsForResource": {"resourceArn": arn},
        "TagResource": {"resourceArn": arn, "tags": {"a": "b"}},
        "UntagResource": {"resourceArn": arn, "tagKeys": ["a"]},
        "SearchSpendingLimits": {"filters": []},
        "UpdateSpendingLimit": {"spendingLimitArn": made, "clientToken": "t", "spendingLimit": "5"},
        "DeleteSpendingLimit": {"spendingLimitArn": made},
        "CancelQuantumTask": {"quantumTaskArn": arn, "clientToken": "t"},
    }
    for name, members in calls.items():
        answer = caller.call(name, **members)
        operation = next(found for found in operations() if found.name == name)
        assert answer.status == operation.status, (name, answer.body)
        check(content(answer), shape=operation.gives)


@pytest.mark.parametrize(
    ("device", "result"),
    [(SV1, "adjoint_gradient expectation(z(q[0])) theta"), (SV1, "density_matrix"),
     (DM1, "state_vector"), (DM1, 'amplitude "00"')],
)  # fmt: skip
def test_a_simulator_refuses_what_its_capabilities_forbid(
    caller: Caller, device: str, result: str
) -> None:
    gates = "OPENQASM 3.0;\nqubit[2] q;\nh q[0];\ncnot q[0], q[1];\n"
    source = f"{gates}#pragma braket result {result}\n"
    refused = caller.create(device, action=program(source), shots=0)
    assert (refused.status, code(refused)) == (400, "ValidationException")
    name = result.split(maxsplit=1)[0]
    assert content(refused)["message"] == f"Result type {name} is not supported on {device}."


def test_time_of_a_simulator_cannot_be_reserved(caller: Caller) -> None:
    reserved = [
        {
            "arn": "arn:aws:braket:us-east-1:000000000000:reservation/a",
            "type": "RESERVATION_TIME_WINDOW_ARN",
        }
    ]
    refused = caller.create(SV1, associations=reserved)
    assert code(refused) == "ValidationException"
    assert content(refused)["message"] == f"Braket Direct is not supported for {SV1}."
