"""TagResource, UntagResource and ListTagsForResource, for quantum tasks and spending limits."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from deployments.sandbox.state import State
from deployments.sandbox.tables import quantum_tasks, spending_limits
from deployments.sandbox.wire import Caller, Refusal, invalid

_MOST = 50  # tags of a resource


def tag(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Add tags to a resource, or replace their values."""
    with state.store.writing() as connection:
        table, tags = _found(connection, members["resourceArn"], caller)
        _keep(connection, table, members["resourceArn"], tags | members["tags"])
    return {}


def untag(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Remove tags from a resource."""
    with state.store.writing() as connection:
        table, tags = _found(connection, members["resourceArn"], caller)
        kept = {key: value for key, value in tags.items() if key not in members["tagKeys"]}
        _keep(connection, table, members["resourceArn"], kept)
    return {}


def listed(state: State, caller: Caller, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tags of a resource."""
    with state.store.reading() as connection:
        _, tags = _found(connection, members["resourceArn"], caller)
    return {"tags": tags}


def _found(connection: sa.Connection, arn: str, caller: Caller) -> tuple[sa.Table, dict[str, str]]:
    for table in (quantum_tasks, spending_limits):
        query = sa.select(table.c.tags).where(table.c.arn == arn, table.c.region == caller.region)
        tags = connection.execute(query).scalar_one_or_none()
        if tags is not None:
            return table, dict(tags)
    raise Refusal(404, "ResourceNotFoundException", f"Resource {arn} not found.")


def _keep(connection: sa.Connection, table: sa.Table, arn: str, tags: dict[str, str]) -> None:
    if len(tags) > _MOST:
        message = f"A resource has at most {_MOST} tags; {len(tags)} were given."
        raise invalid(message)
    connection.execute(table.update().where(table.c.arn == arn).values(tags=tags))
