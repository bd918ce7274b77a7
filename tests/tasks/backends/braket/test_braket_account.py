"""What an account can reach, page by page, and how long its queues are."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.backends.braket.account import REGIONS, has_account, listed
from tasks.backends.braket.connection import Connection
from tasks.backends.braket.devices import describe
from tests.tasks.backends.braket.braket_provider import GARNET, Provider


class Pages(Connection):
    """Lists devices, some at a time."""

    def __init__(self, names: Sequence[str], *, page: int) -> None:
        super().__init__("eu-north-1")
        self.names, self.page = names, page

    def ask_once(self, service: str, operation: str, **members: Any) -> dict[str, Any]:
        assert (service, operation) == ("braket", "SearchDevices")
        start = int(members.get("nextToken", 0))
        shown = self.names[start : start + self.page]
        more = {"nextToken": str(start + self.page)} if start + self.page < len(self.names) else {}
        devices = [
            {"deviceArn": name, "deviceName": name, "deviceStatus": "ONLINE"} for name in shown
        ]
        return {"devices": devices, **more}


@given(st.lists(st.text(min_size=1), max_size=9, unique=True), st.integers(1, 4))
def test_every_device_is_listed_once_whatever_the_pages(names: list[str], page: int) -> None:
    connection = Pages(names, page=page)
    connection._pace.keep = lambda _: None  # type: ignore[method-assign] # noqa: SLF001 - no waiting
    assert [device.arn for device in listed(connection)] == names


@pytest.mark.parametrize(
    ("queues", "depth"),
    [
        ([{"queue": "QUANTUM_TASKS_QUEUE", "queueSize": "17", "queuePriority": "Normal"}], 17),
        ([{"queue": "QUANTUM_TASKS_QUEUE", "queueSize": ">4000", "queuePriority": "Normal"}], 4000),
        ([{"queue": "QUANTUM_TASKS_QUEUE", "queueSize": "3", "queuePriority": "Priority"}], None),
        ([{"queue": "JOBS_QUEUE", "queueSize": "5"}], None),
        ([{"queue": "QUANTUM_TASKS_QUEUE", "queueSize": "many"}], None),
        ([], None),
        (None, None),
    ],
)
def test_the_length_of_a_queue_is_read_where_it_is_stated(
    queues: list[dict[str, str]] | None, depth: int | None
) -> None:
    class Queued(Provider):
        def _GetDevice(self, members: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's name
            return super()._GetDevice(members) | {"deviceQueueInfo": queues}

    assert describe(Queued(), GARNET).queue_depth == depth


def test_an_endpoint_is_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert has_account()


def test_every_known_machine_is_in_a_region_that_is_looked_at() -> None:
    from datasets.devices import register

    regions = {device.arn.split(":")[3] for device in register._devices()}  # noqa: SLF001 - all
    assert regions - {""} <= set(REGIONS)
