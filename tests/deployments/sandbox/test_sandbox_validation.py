"""Requests are checked against the model that Braket's clients are made of."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.sandbox.service_model import matching, operations
from deployments.sandbox.validation import check
from deployments.sandbox.wire import Refusal, Request

CREATE = next(found for found in operations() if found.name == "CreateQuantumTask")
GOOD: dict[str, Any] = {
    "clientToken": "token",
    "deviceArn": "arn",
    "shots": 100,
    "outputS3Bucket": "bucket",
    "outputS3KeyPrefix": "prefix",
    "action": "{}",
}
WRONG = {int: "many", str: 7}


def refused(members: dict[str, Any]) -> str:
    with pytest.raises(Refusal) as found:
        check(members, shape=CREATE.takes)
    assert (found.value.status, found.value.code) == (400, "ValidationException")
    return found.value.message


def test_a_good_request_passes() -> None:
    check(GOOD, shape=CREATE.takes)


@given(st.sampled_from(sorted(GOOD)))
def test_no_required_member_may_be_missing(name: str) -> None:
    members = {key: value for key, value in GOOD.items() if key != name}
    assert f"at '{name}' failed to satisfy constraint: Member must not be null" in refused(members)


@given(st.sampled_from(sorted(GOOD)))
def test_no_member_may_have_another_type(name: str) -> None:
    message = refused(GOOD | {name: WRONG[type(GOOD[name])]})
    assert f"at '{name}' failed to satisfy constraint: Member must be of type" in message


@given(st.text(min_size=1).filter(lambda name: name not in CREATE.takes["members"]))
def test_no_unknown_member_is_let_through(name: str) -> None:
    assert "Member is not known" in refused(GOOD | {name: 1})


def test_several_errors_are_counted_and_listed() -> None:
    message = refused(GOOD | {"shots": -1, "clientToken": "x" * 65})
    assert message.startswith("2 validation errors detected: ")
    assert "Member must have value greater than or equal to 0" in message
    assert "Member must have length less than or equal to 64" in message


def test_nested_members_are_named_by_their_path() -> None:
    message = refused(GOOD | {"associations": [{"arn": "arn:aws:x"}]})
    assert "'associations.1.member.type'" in message
    assert "'associations.1.member.arn'" in message


@pytest.mark.parametrize(
    ("method", "path", "name", "member"),
    [
        ("GET", "/device/arn%3Aaws%2Fgarnet", "GetDevice", "deviceArn"),
        ("GET", "/quantum-task/arn%3Aaws%2Fgarnet", "GetQuantumTask", "quantumTaskArn"),
        ("PUT", "/quantum-task/arn%3Aaws%2Fgarnet/cancel", "CancelQuantumTask", "quantumTaskArn"),
        ("DELETE", "/tags/arn%3Aaws%2Fgarnet", "UntagResource", "resourceArn"),
    ],
)
def test_slashes_of_an_arn_are_told_from_those_of_the_path(
    method: str, path: str, name: str, member: str
) -> None:
    found = matching(Request(method, path, {}, {}, b""))
    assert found is not None
    assert (found[0].name, found[1]) == (name, {member: "arn:aws/garnet"})
