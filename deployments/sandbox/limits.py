"""Spending limits: how much may be spent on a device in a period."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from deployments.sandbox.devices import is_simulator
from deployments.sandbox.moments import iso, seconds_of
from deployments.sandbox.pages import page
from deployments.sandbox.state import State
from deployments.sandbox.tables import quantum_tasks as tasks
from deployments.sandbox.tables import spending_limits as rows
from deployments.sandbox.wire import ACCOUNT, Caller, Refusal, invalid
from tasks.core.identity import digest

_FOREVER_S = 253_402_300_799.0  # the last second of the year 9999
_CENT = Decimal("0.01")


def create(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ARN of the limit for this token, creating it when the token is new."""
    arn, token = members["deviceArn"], members["clientToken"]
    if not state.devices.reachable(arn, region=caller.region):
        message = f"Device {arn} not found in {caller.region}."
        raise invalid(message)
    if is_simulator(state.devices.snapshot(arn)):
        message = "Spending limits are for quantum processing units only."
        raise invalid(message)
    wanted = digest({name: value for name, value in members.items() if name != "clientToken"})
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"limit/{state.settings.seed}/{caller.region}/{token}")
    found = f"arn:aws:braket:{caller.region}:{ACCOUNT}:spending-limit/{name}"
    with state.store.writing() as connection:
        known = connection.execute(rows.select().where(rows.c.arn == found)).mappings().first()
        if known is not None and known["request_digest"] != wanted:
            message = f"The client token {token} was already used with different parameters."
            raise Refusal(409, "ConflictException", message)
        if known is None:
            row = _row(state, caller, members) | {"arn": found, "request_digest": wanted}
            connection.execute(rows.insert(), [row])
    return {"spendingLimitArn": found}


def update(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Change the amount or the period of a limit."""
    with state.store.writing() as connection:
        _found(connection, members["spendingLimitArn"], region=caller.region)
        changes: dict[str, Any] = {"updated_at": state.clock()}
        if members.get("spendingLimit"):
            changes["limit_usd"] = members["spendingLimit"]
        if members.get("timePeriod"):
            changes |= _period(members, now=state.clock())
        change = rows.update().where(rows.c.arn == members["spendingLimitArn"])
        connection.execute(change.values(**changes))
    return {}


def delete(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Remove a limit."""
    with state.store.writing() as connection:
        _found(connection, members["spendingLimitArn"], region=caller.region)
        connection.execute(rows.delete().where(rows.c.arn == members["spendingLimitArn"]))
    return {}


def search(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the limits of a region with what was spent, oldest first."""
    wanted = {value for f in members.get("filters") or () for value in f["values"]}
    if any(entry["name"] != "deviceArn" for entry in members.get("filters") or ()):
        message = "Spending limits can be filtered by deviceArn only."
        raise invalid(message)
    query = rows.select().where(rows.c.region == caller.region).order_by(rows.c.number)
    with state.store.reading() as connection:
        found = [{**row} for row in connection.execute(query).mappings()]
        listed = [
            _shown(connection, row) for row in found if not wanted or row["device_arn"] in wanted
        ]
    return page(listed, members, name="spendingLimits")


def check(connection: sa.Connection, task: Mapping[str, Any]) -> None:
    """Refuse a task that would cost more than is left of a limit.

    Raises:
        Refusal: ValidationException.
    """
    query = rows.select().where(
        rows.c.device_arn == task["device_arn"],
        rows.c.region == task["region"],
        rows.c.starts_at <= task["created_at"],
        rows.c.ends_at >= task["created_at"],
    )
    for limit in [{**row} for row in connection.execute(query).mappings()]:
        left = Decimal(limit["limit_usd"]) - sum(_spent(connection, limit), Decimal(0))
        if Decimal(task["estimate_usd"]) > left:
            message = (
                f"The estimated cost of the task, {task['estimate_usd']} USD, exceeds the "
                f"remaining {left} USD of spending limit {limit['arn']}."
            )
            raise invalid(message)


def _found(connection: sa.Connection, arn: str, *, region: str) -> sa.RowMapping:
    query = rows.select().where(rows.c.arn == arn, rows.c.region == region)
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        raise Refusal(404, "ResourceNotFoundException", f"Spending limit {arn} not found.")
    return found


def _row(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    now = state.clock()
    return {
        "region": caller.region,
        "client_token": members["clientToken"],
        "device_arn": members["deviceArn"],
        "limit_usd": members["spendingLimit"],
        "created_at": now,
        "updated_at": now,
        "tags": dict(members.get("tags") or {}),
        **_period(members, now=now),
    }


def _period(members: Mapping[str, Any], *, now: float) -> dict[str, float]:
    stated = members.get("timePeriod")
    if not stated:
        return {"starts_at": now, "ends_at": _FOREVER_S}
    starts, ends = (_seconds(stated[name]) for name in ("startAt", "endAt"))
    if starts >= ends:
        message = "The time period of a spending limit starts before it ends."
        raise invalid(message)
    return {"starts_at": starts, "ends_at": ends}


def _seconds(moment: float | str) -> float:
    found = seconds_of(moment) if isinstance(moment, str) else float(moment)
    if found is None:
        message = f"{moment!r} is not a time."
        raise invalid(message)
    return found


def _spent(connection: sa.Connection, limit: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Return what is waiting and what was charged on the device in the period."""
    query = sa.select(tasks.c.status, tasks.c.estimate_usd, tasks.c.cost_usd).where(
        tasks.c.device_arn == limit["device_arn"],
        tasks.c.region == limit["region"],
        tasks.c.created_at.between(limit["starts_at"], limit["ends_at"]),
    )
    found = connection.execute(query).all()
    waiting = (Decimal(row[1]) for row in found if row[0] in {"QUEUED", "RUNNING"})
    charged = (Decimal(row[2]) for row in found if row[2] is not None)
    return sum(waiting, Decimal(0)), sum(charged, Decimal(0))


def _shown(connection: sa.Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    waiting, charged = _spent(connection, row)
    return {
        "spendingLimitArn": row["arn"],
        "deviceArn": row["device_arn"],
        "timePeriod": {"startAt": row["starts_at"], "endAt": row["ends_at"]},
        "spendingLimit": row["limit_usd"],
        "queuedSpend": str(waiting.quantize(_CENT)),
        "totalSpend": str(charged.quantize(_CENT)),
        "createdAt": iso(row["created_at"]),
        "updatedAt": iso(row["updated_at"]),
        "tags": dict(row["tags"]),
    }
