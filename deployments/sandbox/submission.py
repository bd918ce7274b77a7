"""CreateQuantumTask: refuse what the device would refuse, take a task once for each token."""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from datasets.records.devices import DeviceSnapshot
from deployments.sandbox import billing, limits, task_rows
from deployments.sandbox.actions import PROGRAM_SET, Action, read_action
from deployments.sandbox.capabilities import form_of
from deployments.sandbox.devices import is_simulator
from deployments.sandbox.fates import drawn
from deployments.sandbox.registers import check_registers
from deployments.sandbox.state import State
from deployments.sandbox.tables import buckets
from deployments.sandbox.wire import ACCOUNT, Caller, Refusal, invalid
from tasks.core.identity import digest

_RESULT = re.compile(r"^\s*#pragma\s+braket\s+result\s+(\w+)", re.MULTILINE)
_ECHOED = ("associations", "experimentalCapabilities")


@dataclass(frozen=True, slots=True)
class _Order:
    """A request for a task, with what it is for."""

    members: Mapping[str, Any]
    caller: Caller
    action: Action
    snapshot: DeviceSnapshot


def create(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ARN of the task for this token, creating it when the token is new.

    Raises:
        Refusal: the device, or the service, does not take it.
    """
    with state.store.reading() as connection:
        known = task_rows.by_token(connection, members["clientToken"], region=caller.region)
    if known is not None:
        return _same(known, members)
    order = _Order(members, caller, read_action(members["action"]), _device(state, caller, members))
    _check(order)
    with state.store.writing() as connection:
        known = task_rows.by_token(connection, members["clientToken"], region=caller.region)
        if known is not None:
            return _same(known, members)
        row = _row(state, connection, order)
        _check_bucket(connection, members["outputS3Bucket"])
        limits.check(connection, row)
        _check_concurrency(state, connection, order)
        task_rows.add(connection, row)
    state.wake.set()
    return {"quantumTaskArn": row["arn"]}


def request_digest(members: Mapping[str, Any]) -> str:
    """Return what makes two requests the same: everything but the token."""
    return digest({name: value for name, value in members.items() if name != "clientToken"})


def conflict(token: str) -> Refusal:
    """Return the refusal of a token that stands for another request."""
    message = f"The client token {token} was already used with different parameters."
    return Refusal(409, "ConflictException", message)


def _same(known: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    if known["request_digest"] != request_digest(members):
        raise conflict(members["clientToken"])
    return {"quantumTaskArn": known["arn"]}


def _device(state: State, caller: Caller, members: Mapping[str, Any]) -> DeviceSnapshot:
    arn = members["deviceArn"]
    if not state.devices.reachable(arn, region=caller.region):
        message = f"Device {arn} not found in {caller.region}."
        raise invalid(message)
    status = state.devices.status(arn)
    if status == "RETIRED":
        raise Refusal(410, "DeviceRetiredException", f"Device {arn} is retired.")
    if status == "OFFLINE":
        raise Refusal(424, "DeviceOfflineException", f"Device {arn} is offline.")
    return state.devices.snapshot(arn)


def _check(order: _Order) -> None:
    shots, allowed = order.members["shots"], order.snapshot.limits
    if order.action.kind == PROGRAM_SET:
        _check_set(order, shots)
        return
    if not allowed.shots_min <= shots <= allowed.shots_max:
        message = (
            f"Shot count should be between {allowed.shots_min} and {allowed.shots_max} on "
            f"{order.snapshot.arn}, but found {shots}."
        )
        raise invalid(message)
    if is_simulator(order.snapshot):
        _check_reservation(order)
        source = order.action.programs[0].source
        _check_results(source, snapshot=order.snapshot)
        check_registers(source)


def _check_set(order: _Order, shots: int) -> None:
    allowed, executables = order.snapshot.limits, order.action.executables
    most, total = allowed.program_set_executables, allowed.program_set_shots
    where = order.snapshot.arn
    if most is None or total is None:
        message = f"Action type {PROGRAM_SET} is not supported on {where}."
        raise invalid(message)
    if executables > most:
        message = f"Executable count should be at most {most} on {where}, but found {executables}."
        raise invalid(message)
    if not 1 <= shots <= total:
        message = f"Total shot count should be between 1 and {total} on {where}, but found {shots}."
        raise invalid(message)
    if shots % executables:
        message = f"Shot count {shots} is not divisible by the number of executables {executables}."
        raise invalid(message)
    each = shots // executables
    if not allowed.shots_min <= each <= allowed.shots_max:
        message = (
            f"Shot count per executable should be between {allowed.shots_min} and "
            f"{allowed.shots_max} on {where}, but found {each}."
        )
        raise invalid(message)


def _check_reservation(order: _Order) -> None:
    """Refuse a reservation: time of a simulator cannot be reserved."""
    if order.members.get("associations"):
        message = f"Braket Direct is not supported for {order.snapshot.arn}."
        raise invalid(message)


def _check_results(source: str, *, snapshot: DeviceSnapshot) -> None:
    """Refuse a result type that the device's capabilities forbid."""
    forbidden = form_of(snapshot).forbidden
    for name in _RESULT.findall(source):
        if f"braket_result_type_{name}" in forbidden:
            message = f"Result type {name} is not supported on {snapshot.arn}."
            raise invalid(message)


def _check_bucket(connection: sa.Connection, bucket: str) -> None:
    if connection.execute(buckets.select().where(buckets.c.name == bucket)).first() is None:
        message = f"Caller doesn't have access to {bucket} or it doesn't exist."
        raise invalid(message)


def _check_concurrency(state: State, connection: sa.Connection, order: _Order) -> None:
    """Refuse more tasks of a simulator than may wait or run at a time."""
    if not (state.settings.enforce_quotas and is_simulator(order.snapshot)):
        return
    most = state.concurrent(order.caller.region)
    if task_rows.count(connection, order.snapshot.arn, states=task_rows.WAITING) >= most:
        message = f"The limit of {most} concurrent tasks on {order.snapshot.arn} is reached."
        raise Refusal(402, "ServiceQuotaExceededException", message)


def _row(state: State, connection: sa.Connection, order: _Order) -> dict[str, Any]:
    members, region, device = order.members, order.caller.region, order.snapshot.arn
    token, now = members["clientToken"], state.clock()
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{state.settings.seed}/{region}/{token}")
    fate = drawn(state.faults, device=device, seed=state.settings.seed, task=str(name))
    service_s = state.settings.service_s
    busy_until = 0.0 if is_simulator(order.snapshot) else task_rows.free_at(connection, device)
    served = max(busy_until, now + state.settings.backlog * service_s)
    starts = served + fate.get("delay_s", 0.0)
    return {
        "arn": f"arn:aws:braket:{region}:{ACCOUNT}:quantum-task/{name}",
        "region": region,
        "client_token": token,
        "request_digest": request_digest(members),
        "device_arn": device,
        "action": members["action"],
        "action_type": order.action.kind,
        "programs": len(order.action.programs),
        "executables": order.action.executables,
        "device_parameters": members.get("deviceParameters") or "{}",
        "shots": members["shots"],
        "bucket": members["outputS3Bucket"],
        "directory": f"{members['outputS3KeyPrefix'].rstrip('/')}/{name}",
        "tags": dict(members.get("tags") or {}),
        "echo": {key: members[key] for key in _ECHOED if members.get(key)},
        "fate": fate,
        "status": "QUEUED",
        "created_at": now,
        "starts_at": starts,
        "ends_at": starts + service_s,
        "free_at": served + service_s,
        "estimate_usd": str(
            billing.usd(
                order.snapshot, shots=members["shots"], reserved=bool(members.get("associations"))
            )
        ),
    }


def parameters_of(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the device parameters of a task as they were given."""
    found: dict[str, Any] = json.loads(task["device_parameters"])
    return found
