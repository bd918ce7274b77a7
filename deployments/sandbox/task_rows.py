"""Quantum tasks as they are kept: written once, found again, moved from state to state."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from deployments.sandbox.tables import quantum_tasks as rows
from deployments.sandbox.wire import Refusal

Task = dict[str, Any]  # a row of the table
WAITING = ("QUEUED", "RUNNING", "CANCELLING")
ENDED = ("COMPLETED", "FAILED", "CANCELLED")


def by_arn(connection: sa.Connection, arn: str, *, region: str) -> Task:
    """Return the task with this ARN.

    Raises:
        Refusal: ResourceNotFoundException when the region has none.
    """
    query = rows.select().where(rows.c.arn == arn, rows.c.region == region)
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        raise Refusal(404, "ResourceNotFoundException", f"Quantum task {arn} not found.")
    return {**found}


def by_token(connection: sa.Connection, token: str, *, region: str) -> Task | None:
    """Return the task that was created with this token."""
    query = rows.select().where(rows.c.client_token == token, rows.c.region == region)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else {**found}


def add(connection: sa.Connection, row: Mapping[str, Any]) -> None:
    """Write a new task down."""
    connection.execute(rows.insert(), [dict(row)])


def move(
    connection: sa.Connection, arn: str, *, since: Sequence[str], to: str, **changes: Any
) -> bool:
    """Move a task to another state unless it has left `since`; return whether it moved."""
    change = rows.update().where(rows.c.arn == arn, rows.c.status.in_(since))
    return connection.execute(change.values(status=to, **changes)).rowcount == 1


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
    query = sa.select(sa.func.max(rows.c.free_at)).where(
        rows.c.device_arn == device_arn, rows.c.status.in_(("QUEUED", "RUNNING"))
    )
    return float(connection.execute(query).scalar_one() or 0.0)


def waiting(connection: sa.Connection, device_arn: str, *, now: float, most: int) -> list[Task]:
    """Return who is next on a device, without what they want: at most `most`, first come first."""
    columns = (rows.c.arn, rows.c.device_arn, rows.c.ends_at)
    query = sa.select(*columns).where(
        rows.c.device_arn == device_arn, rows.c.status == "QUEUED", rows.c.starts_at <= now
    )
    found = connection.execute(query.order_by(rows.c.starts_at, rows.c.number).limit(most))
    return [{**row} for row in found.mappings()]


def served(connection: sa.Connection, *, now: float) -> Task | None:
    """Return the running task that has been worked on long enough, the first if several have."""
    query = rows.select().where(rows.c.status == "RUNNING", rows.c.ends_at <= now)
    found = connection.execute(query.order_by(rows.c.ends_at, rows.c.number).limit(1))
    row = found.mappings().one_or_none()
    return None if row is None else {**row}


def cancelling(connection: sa.Connection) -> list[Task]:
    """Return the tasks that are to be cancelled, without what they want."""
    query = sa.select(rows.c.arn).where(rows.c.status == "CANCELLING")
    return [{**row} for row in connection.execute(query).mappings()]


def next_change(connection: sa.Connection, *, after: float) -> float | None:
    """Return when the next task starts or ends after a moment."""
    starts = sa.select(sa.func.min(rows.c.starts_at)).where(
        rows.c.status == "QUEUED", rows.c.starts_at > after
    )
    ends = sa.select(sa.func.min(rows.c.ends_at)).where(
        rows.c.status == "RUNNING", rows.c.ends_at > after
    )
    found = [connection.execute(query).scalar_one() for query in (starts, ends)]
    return min((moment for moment in found if moment is not None), default=None)


def charged(connection: sa.Connection) -> list[tuple[str, int, str]]:
    """Return what has been charged: device ARN, shots and USD of each task."""
    query = sa.select(rows.c.device_arn, rows.c.successful_shots, rows.c.cost_usd)
    found = connection.execute(query.where(rows.c.cost_usd.is_not(None)).order_by(rows.c.number))
    return [(row[0], int(row[1] or 0), str(row[2])) for row in found]


def device_of(connection: sa.Connection, arn: str) -> str:
    """Return the device of a task, empty for a task that is not there."""
    found = connection.execute(sa.select(rows.c.device_arn).where(rows.c.arn == arn))
    return str(found.scalar_one_or_none() or "")
