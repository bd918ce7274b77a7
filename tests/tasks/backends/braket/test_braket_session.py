"""Whose credentials buy: the environment's own, or those of a role that they assume."""

from collections.abc import Iterator
from typing import Any

import pytest

from tasks.backends.braket.connection import Connection, connect
from tasks.backends.braket.session import ROLE
from tasks.errors import AccessDenied, InvalidRequest
from tests.e2e.sandbox_process import Sandbox

pytestmark = pytest.mark.slow

BUYER = "arn:aws:iam::123456789012:role/teams/chemistry"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Start one for the tests of this file."""
    found = Sandbox(tmp_path_factory.mktemp("sandbox"))
    found.start()
    yield found
    found.end()


@pytest.fixture
def here(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Have AWS be the sandbox."""
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    return sandbox


def caller() -> str:
    """Return whose key a call is signed with."""
    return str(connect("us-east-1").ask("sts", "GetCallerIdentity")["UserId"])


def test_without_a_role_the_environment_s_own_key_signs(here: Sandbox) -> None:
    assert caller() == here.environment["AWS_ACCESS_KEY_ID"]


def test_with_a_role_each_call_is_signed_by_a_key_of_the_role(
    here: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROLE, BUYER)
    before = here.ask("calls").get("AssumeRole", {"total": 0})["total"]
    first, second = caller(), caller()
    assert first == second
    assert first.startswith("ASIA")
    assert here.ask("calls")["AssumeRole"]["total"] == before + 1
    monkeypatch.setenv(ROLE, f"{BUYER}-2")
    assert caller() != first


def test_a_role_that_may_not_be_assumed_is_said_in_one_line(
    here: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.strike({"kind": "denied", "operation": "AssumeRole"})
    monkeypatch.setenv(ROLE, f"{BUYER}-3")
    with pytest.raises(AccessDenied, match="AssumeRole") as refused:
        caller()
    assert "\n" not in str(refused.value)
    here.ask("faults", method="DELETE")


def test_what_is_no_role_is_refused(here: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    del here
    monkeypatch.setenv(ROLE, "arn:aws:iam::123456789012:user/somebody")
    with pytest.raises(InvalidRequest, match="is invalid"):
        caller()


def test_a_bucket_that_somebody_makes_at_the_same_time_is_ours(
    here: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to the first request may be lost, too."""
    connection, ask = Connection("eu-central-1"), Connection.ask

    def overtaken(self: Connection, service: str, operation: str, **members: Any) -> Any:
        if operation == "CreateBucket":
            ask(Connection(self.region), service, operation, **members)
        return ask(self, service, operation, **members)

    assert here.environment
    monkeypatch.setattr(Connection, "ask", overtaken)
    assert connection.bucket() == f"amazon-braket-eu-central-1-{connection.account()}"
