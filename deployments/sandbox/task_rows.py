"""Quantum tasks as they are kept: written once, found by ARN or token, moved from state to state."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from deployments.sandbox.tables import quantum_tasks as rows
from deployments.sandbox.wire import Refusal

WAITING = ("QUEUED", "RUNNING", "CANCELLING")
ENDED = ("COMPLETED", "FAILED", "CANCELLED")


def by_arn(connection: sa.Connection, arn: str, *, region: str) -> sa.RowMapping:
    """Return the task with this ARN.

    Raises:
        Refusal: ResourceNotFoundException when the region has none.
    """
    query = rows.select().where(rows.c.arn == arn, rows.c.region == region)
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        raise Refusal(404, "ResourceNotFoundException", f"Quantum task {arn} not found.")
    return found


def by_token(connection: sa.Connection, token: str, *, region: str) -> sa.RowMapping | None:
    """Return the task that was created with this token."""
    query = rows.select().where(rows.c.client_token == token, rows.c.region == region)
    return connection.execute(query).mappings().one_or_none()


def add(connection: sa.Connection, row: Mapping[str, Any]) -> None:
    """Write a new task down."""
    connection.execute(rows.insert(), [dict(row)])


def move(
    connection: sa.Connection, arn: str, *, since: Sequence[str], to: str, **changes: Any
) -> bool:
    """Move a task to another state unless it has left `since`; return whether it moved."""
    change = rows.update().where(rows.c.arn == arn, rows.c.status.in_(since))
    return connection.execute(change.values(status=to, **changes)).rowcount == 1


def retag(connection: sa.Connection, arn: str, tags: Mapping[str, str]) -> None:
    """Give a task other tags."""
    connection.execute(rows.update().where(rows.c.arn == arn).values(tags=dict(tags)))


def count(connection: sa.Connection, device_arn: str, *, states: Sequence[str]) -> int:
    """Return how many tasks of a device are in these states."""
    query = sa.select(sa.func.count()).where(
        rows.c.device_arn == device_arn, rows.c.status.in_(states)
    )
    return int(connection.execute(query).scalar_one())


def ahead(connection: sa.Connection, task: Mapping[str, Any]) -> int:
    """Return how many waiting tasks of the same device were created before this one."""
    query = sa.select(sa.func.count()).where(
        rows.c.device_arn == task["device_arn"],
        rows.c.status == "QUEUED",
        rows.c.number < task["number"],
    )
    return int(connection.execute(query).scalar_one())


def free_at(connection: sa.Connection, device_arn: str) -> float:
    """Return when a device will have done what it was given; 0 for none."""
    query = sa.select(sa.func.max(rows.c.ends_at)).where(
        rows.c.device_arn == device_arn, rows.c.status.in_(("QUEUED", "RUNNING"))
    )
    return float(connection.execute(query).scalar_one() or 0.0)


def due(connection: sa.Connection, status: str, *, now: float) -> Sequence[sa.RowMapping]:
    """Return the tasks in a state whose time has come, in the order in which they are served."""
    when = rows.c.starts_at if status == "QUEUED" else rows.c.ends_at
    query = rows.select().where(rows.c.status == status, when <= now)
    return connection.execute(query.order_by(when, rows.c.number)).mappings().all()


def next_change(connection: sa.Connection) -> float | None:
    """Return when the next task starts or ends."""
    starts = sa.select(sa.func.min(rows.c.starts_at)).where(rows.c.status == "QUEUED")
    ends = sa.select(sa.func.min(rows.c.ends_at)).where(rows.c.status == "RUNNING")
    found = [connection.execute(query).scalar_one() for query in (starts, ends)]
    return min((moment for moment in found if moment is not None), default=None)


def charged(connection: sa.Connection) -> list[tuple[str, int, str]]:
    """Return what has been charged: device ARN, shots and USD of each task."""
    query = sa.select(rows.c.device_arn, rows.c.successful_shots, rows.c.cost_usd)
    found = connection.execute(query.where(rows.c.cost_usd.is_not(None)).order_by(rows.c.number))
    return [(row[0], int(row[1] or 0), str(row[2])) for row in found]
