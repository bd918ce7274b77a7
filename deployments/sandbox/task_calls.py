"""GetQuantumTask, CancelQuantumTask and SearchQuantumTasks."""

import base64
import binascii
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from deployments.sandbox import task_rows
from deployments.sandbox.actions import PROGRAM_SET
from deployments.sandbox.moments import iso, seconds_of
from deployments.sandbox.pages import MAX_RESULTS
from deployments.sandbox.state import State
from deployments.sandbox.tables import quantum_tasks as rows
from deployments.sandbox.wire import Caller, Refusal, invalid

_MOST_SHOWN = 2_000
_COLUMNS: dict[str, sa.Column[Any]] = {
    "quantumTaskArn": rows.c.arn,
    "deviceArn": rows.c.device_arn,
    "status": rows.c.status,
    "createdAt": rows.c.created_at,
}
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "LT": operator.lt,
    "LTE": operator.le,
    "GT": operator.gt,
    "GTE": operator.ge,
}
_TWO = 2


def get(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task as it stands."""
    with state.store.reading() as connection:
        task = task_rows.by_arn(connection, members["quantumTaskArn"], region=caller.region)
        ahead = task_rows.ahead(connection, task) if task["status"] == "QUEUED" else 0
    found = _summary(task) | {
        "deviceParameters": task["device_parameters"],
        "actionMetadata": _action(task),
        **task["echo"],
    }
    if "QueueInfo" in (members.get("additionalAttributeNames") or ()):
        found["queueInfo"] = _queue(state, task, ahead=ahead)
    if task["failure_reason"]:
        found["failureReason"] = task["failure_reason"]
    if task["successful_shots"] is not None:
        found["numSuccessfulShots"] = task["successful_shots"]
    return found


def cancel(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Cancel a waiting task at once; a running one ends cancelled, without results or charge."""
    arn = members["quantumTaskArn"]
    with state.store.writing() as connection:
        task = task_rows.by_arn(connection, arn, region=caller.region)
        if task["status"] in {"CANCELLING", "CANCELLED"}:
            return {"quantumTaskArn": arn, "cancellationStatus": task["status"]}
        if task["status"] in task_rows.ENDED:
            message = f"Quantum task {arn} has ended: {task['status']}. It cannot be cancelled."
            raise Refusal(409, "ConflictException", message)
        now = state.clock()
        if task_rows.move(connection, arn, since=("QUEUED",), to="CANCELLED", ended_at=now):
            return {"quantumTaskArn": arn, "cancellationStatus": "CANCELLED"}
        task_rows.move(connection, arn, since=("RUNNING",), to="CANCELLING")
    state.wake.set()
    return {"quantumTaskArn": arn, "cancellationStatus": "CANCELLING"}


def search(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tasks that meet every filter, newest first."""
    most = members.get("maxResults") or MAX_RESULTS
    wanted = [rows.c.region == caller.region, *map(_condition, members["filters"])]
    if members.get("nextToken"):
        wanted.append(rows.c.number < _from_token(members["nextToken"]))
    query = rows.select().where(*wanted).order_by(rows.c.number.desc()).limit(most + 1)
    with state.store.reading() as connection:
        found = [{**row} for row in connection.execute(query).mappings()]
    answer: dict[str, Any] = {"quantumTasks": [_summary(task) for task in found[:most]]}
    if len(found) > most:
        answer["nextToken"] = _to_token(found[most - 1]["number"])
    return answer


def _summary(task: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "quantumTaskArn": task["arn"],
        "status": task["status"],
        "deviceArn": task["device_arn"],
        "shots": task["shots"],
        "outputS3Bucket": task["bucket"],
        "outputS3Directory": task["directory"],
        "createdAt": iso(task["created_at"]),
        "tags": dict(task["tags"]),
    }
    return found if task["ended_at"] is None else found | {"endedAt": iso(task["ended_at"])}


def _action(task: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"actionType": task["action_type"]}
    if task["action_type"] == PROGRAM_SET:
        found |= {"programCount": task["programs"], "executableCount": task["executables"]}
    return found


def _queue(state: State, task: Mapping[str, Any], *, ahead: int) -> dict[str, Any]:
    found = {"queue": "QUANTUM_TASKS_QUEUE", "queuePriority": "Normal"}
    if task["status"] != "QUEUED":
        message = (
            f"Task is in {task['status']} status. AmazonBraket does not show queue position for "
            "this status."
        )
        return found | {"position": "None", "message": message}
    service_s = state.settings.service_s
    waits_s = task["starts_at"] - state.clock()
    place = math.ceil(waits_s / service_s) if service_s and waits_s > 0 else 0
    position = 1 + max(ahead, min(place, ahead + state.settings.backlog))
    shown = str(position) if position <= _MOST_SHOWN else f">{_MOST_SHOWN}"
    return found | {"position": shown}


def _condition(stated: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    name, values, how = stated["name"], stated["values"], stated["operator"]
    if name == "jobArn":
        return sa.false()
    if name not in _COLUMNS:
        message = f"Quantum tasks cannot be filtered by {name}; choose one of {list(_COLUMNS)}."
        raise invalid(message)
    column = _COLUMNS[name]
    operands = [_seconds(value) for value in values] if name == "createdAt" else values
    if how == "EQUAL":
        return column.in_(operands)
    if how == "BETWEEN" and len(operands) == _TWO:
        return column.between(*operands)
    if how in _COMPARED and len(operands) == 1:
        condition: sa.ColumnElement[bool] = _COMPARED[how](column, operands[0])
        return condition
    message = f"Operator {how} does not take {len(values)} values."
    raise invalid(message)


def _seconds(text: str) -> float:
    found = seconds_of(text)
    if found is None:
        message = f"{text} is not a time in ISO 8601."
        raise invalid(message)
    return found


def _to_token(number: int) -> str:
    return base64.urlsafe_b64encode(f"before {number}".encode()).decode()


def _from_token(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("before "))
    except (binascii.Error, ValueError) as error:
        message = "Invalid nextToken."
        raise invalid(message) from error
