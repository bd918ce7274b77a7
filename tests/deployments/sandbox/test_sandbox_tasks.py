"""Tasks are found, counted, tagged, limited and cancelled as Braket does it; nothing runs here."""

from pathlib import Path

import pytest
from sandbox_calls import FORTE, GARNET, SV1, Caller, code, content

from deployments.sandbox.settings import Settings
from deployments.sandbox.state import State


def arn_of(caller: Caller, **members: object) -> str:
    return str(content(caller.create(**members))["quantumTaskArn"])


def test_paging_shows_every_task_once_newest_first(caller: Caller) -> None:
    arns = [arn_of(caller) for _ in range(7)]
    found, token = list[str](), {}
    while True:
        page = content(caller.call("SearchQuantumTasks", filters=[], maxResults=3, **token))
        found += [task["quantumTaskArn"] for task in page["quantumTasks"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    assert found == arns[::-1]


def test_a_search_finds_what_meets_every_filter(caller: Caller) -> None:
    arns = [arn_of(caller), arn_of(caller, device=SV1)]
    caller.call("CancelQuantumTask", quantumTaskArn=arns[0], clientToken="t")

    def found(*filters: tuple[str, str, list[str]]) -> list[str]:
        stated = [dict(zip(("name", "operator", "values"), each, strict=True)) for each in filters]
        page = content(caller.call("SearchQuantumTasks", filters=stated))
        return [task["quantumTaskArn"] for task in page["quantumTasks"]]

    assert found(("deviceArn", "EQUAL", [SV1])) == [arns[1]]
    assert found(("status", "EQUAL", ["CANCELLED"])) == [arns[0]]
    assert found(("status", "EQUAL", ["CANCELLED"]), ("deviceArn", "EQUAL", [SV1])) == []
    assert found(("quantumTaskArn", "EQUAL", arns)) == arns[::-1]
    assert found(("createdAt", "GT", ["2020-01-01T00:00:00Z"])) == arns[::-1]
    between = ["2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"]
    assert found(("createdAt", "BETWEEN", between)) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"name": "tags", "operator": "EQUAL", "values": ["x"]},
        {"name": "createdAt", "operator": "GT", "values": ["yesterday"]},
        {"name": "createdAt", "operator": "BETWEEN", "values": ["2020-01-01"]},
    ],
)
def test_a_filter_that_braket_does_not_have_is_refused(
    caller: Caller, condition: dict[str, object]
) -> None:
    assert code(caller.call("SearchQuantumTasks", filters=[condition])) == "ValidationException"


def test_places_in_the_queue_count_up_and_move_on(tmp_path: Path) -> None:
    now = [1_000.0]
    state = State.open(Settings(tmp_path, service_s=10.0, backlog=2))
    moved = State(state.settings, state.store, state.faults, state.devices, clock=lambda: now[0])
    caller = Caller(moved)
    caller.send("s3", "PUT", "/amazon-braket-sandbox")
    arns = [arn_of(caller) for _ in range(3)]

    def position(arn: str) -> str:
        query = {"quantumTaskArn": arn, "additionalAttributeNames": ["QueueInfo"]}
        return str(content(caller.call("GetQuantumTask", **query))["queueInfo"]["position"])

    assert [position(arn) for arn in arns] == ["3", "4", "5"]
    depth = content(caller.call("GetDevice", deviceArn=FORTE))["deviceQueueInfo"][0]
    assert depth["queueSize"] == "5"
    now[0] += 20.0
    assert [position(arn) for arn in arns] == ["1", "2", "3"]
    state.store.close()


def test_a_waiting_task_is_cancelled_once_and_free_of_charge(caller: Caller) -> None:
    arn = arn_of(caller)
    first = content(caller.call("CancelQuantumTask", quantumTaskArn=arn, clientToken="t"))
    again = content(caller.call("CancelQuantumTask", quantumTaskArn=arn, clientToken="t"))
    assert first == again
    assert first["cancellationStatus"] == "CANCELLED"
    found = content(caller.call("GetQuantumTask", quantumTaskArn=arn))
    assert found["status"] == "CANCELLED"
    assert "endedAt" in found


def test_tags_come_and_go(caller: Caller) -> None:
    arn = arn_of(caller, tags={"run": "1", "team": "a"})
    caller.call("TagResource", resourceArn=arn, tags={"team": "b", "x": "y"})
    caller.call("UntagResource", resourceArn=arn, tagKeys=["run", "absent"])
    assert content(caller.call("ListTagsForResource", resourceArn=arn))["tags"] == {
        "team": "b",
        "x": "y",
    }


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("GetQuantumTask", {"quantumTaskArn": "arn:none"}),
        ("CancelQuantumTask", {"quantumTaskArn": "arn:none", "clientToken": "t"}),
        ("GetDevice", {"deviceArn": "arn:none"}),
        ("ListTagsForResource", {"resourceArn": "arn:none"}),
    ],
)
def test_what_is_not_there_is_not_found(
    caller: Caller, operation: str, members: dict[str, str]
) -> None:
    answer = caller.call(operation, **members)
    assert (answer.status, code(answer)) == (404, "ResourceNotFoundException")


def test_a_spending_limit_counts_what_waits(caller: Caller) -> None:
    limit = {"deviceArn": FORTE, "spendingLimit": "17.00", "clientToken": "limit"}
    assert caller.call("CreateSpendingLimit", **limit).status == 201
    assert caller.create().status == 201  # 8.30
    assert caller.create().status == 201  # 16.60
    refused = caller.create()
    assert code(refused) == "ValidationException"
    assert "exceeds the remaining 0.40 USD" in content(refused)["message"]
    shown = content(caller.call("SearchSpendingLimits", filters=[]))["spendingLimits"]
    assert [(s["queuedSpend"], s["totalSpend"]) for s in shown] == [("16.60", "0.00")]


def test_a_spending_limit_is_created_once_for_a_token(caller: Caller) -> None:
    limit = {"deviceArn": FORTE, "spendingLimit": "17.00", "clientToken": "limit"}
    answers = [caller.call("CreateSpendingLimit", **limit) for _ in range(2)]
    assert content(answers[0]) == content(answers[1])
    other = caller.call("CreateSpendingLimit", **(limit | {"spendingLimit": "18.00"}))
    assert code(other) == "ConflictException"


def test_simulators_have_no_spending_limit(caller: Caller) -> None:
    limit = {"deviceArn": SV1, "spendingLimit": "17.00", "clientToken": "limit"}
    assert code(caller.call("CreateSpendingLimit", **limit)) == "ValidationException"


def test_devices_are_listed_in_their_own_regions(state: State) -> None:
    def names(region: str) -> list[str]:
        found = content(Caller(state, region).call("SearchDevices", filters=[]))["devices"]
        return [device["deviceName"] for device in found]

    assert names("us-east-1") == ["DM1", "SV1", "Forte-Enterprise-1"]
    assert names("eu-north-1") == ["DM1", "SV1", "Emerald", "Garnet"]
    assert code(Caller(state).call("GetDevice", deviceArn=GARNET)) == "ResourceNotFoundException"


def test_an_unsigned_request_is_turned_away(caller: Caller) -> None:
    from deployments.sandbox import dispatch
    from deployments.sandbox.wire import Request

    answer = dispatch.answer(caller.state, Request("POST", "/devices", {}, {}, b"{}"))
    assert (answer.status, code(answer)) == (403, "MissingAuthenticationTokenException")
