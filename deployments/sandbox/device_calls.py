"""GetDevice and SearchDevices."""

import json
from collections.abc import Mapping
from typing import Any

from deployments.sandbox import capabilities, task_rows
from deployments.sandbox.devices import is_simulator
from deployments.sandbox.pages import page
from deployments.sandbox.state import State
from deployments.sandbox.wire import Caller, Refusal, invalid

_MOST_SHOWN = 4_000


def get(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return a device with its capabilities and the length of its queue."""
    arn = members["deviceArn"]
    if not state.devices.reachable(arn, region=caller.region):
        raise Refusal(404, "ResourceNotFoundException", f"Device {arn} not found.")
    document = capabilities.document(state.devices.snapshot(arn))
    return _summary(state, arn) | {
        "deviceCapabilities": json.dumps(document, separators=(",", ":")),
        "deviceQueueInfo": _queue(state, arn),
    }


def search(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the devices of the caller's region, in the order of their ARNs."""
    filters = members["filters"]
    if any(entry["name"] != "deviceArn" for entry in filters):
        message = "Devices can be filtered by deviceArn only."
        raise invalid(message)
    found = [
        _summary(state, arn)
        for arn in state.devices.arns()
        if state.devices.reachable(arn, region=caller.region)
        and all(arn in entry["values"] for entry in filters)
    ]
    return page(found, members, name="devices")


def _summary(state: State, arn: str) -> dict[str, Any]:
    snapshot = state.devices.snapshot(arn)
    return {
        "deviceArn": arn,
        "deviceName": snapshot.name,
        "providerName": snapshot.vendor,
        "deviceType": "SIMULATOR" if is_simulator(snapshot) else "QPU",
        "deviceStatus": state.devices.status(arn),
    }


def _queue(state: State, arn: str) -> list[dict[str, Any]]:
    with state.store.reading() as connection:
        waiting = task_rows.count(connection, arn, states=("QUEUED",))
    size = waiting + state.settings.backlog
    shown = str(size) if size <= _MOST_SHOWN else f">{_MOST_SHOWN}"
    tasks = "QUANTUM_TASKS_QUEUE"
    return [
        {"queue": tasks, "queueSize": shown, "queuePriority": "Normal"},
        {"queue": tasks, "queueSize": "0", "queuePriority": "Priority"},
        {"queue": "JOBS_QUEUE", "queueSize": "0"},
    ]
