"""Tasks of an account that carry this runtime's tags, found page by page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tasks.backends.braket.connection import Connection
from tasks.backends.braket.patience import Patience, patiently
from tasks.backends.braket.task_requests import EXECUTION_TAG, RUN_TAG
from tasks.backends.protocol import Sold

_PAGE: Final = 100


def search(connection: Connection, *, since: datetime | None, arn: str = "") -> Iterator[Sold]:
    """Go through the tasks of a region since then, on one device or on all; each page asks once.

    `since` is by the provider's clock; without it all are gone through that the provider keeps.

    Raises:
        Transient: the service does not answer; ask from the beginning.
        Refused: it does not say.
    """
    filters: list[dict[str, Any]] = []
    if since is not None:
        moment = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        filters.append({"name": "createdAt", "operator": "GTE", "values": [moment]})
    if arn:
        filters.append({"name": "deviceArn", "operator": "EQUAL", "values": [arn]})
    more: dict[str, str] = {}
    while True:
        page = connection.ask_once(
            "braket", "SearchQuantumTasks", filters=filters, maxResults=_PAGE, **more
        )
        yield from map(_sold, filter(_is_ours, page["quantumTasks"]))
        if not page.get("nextToken"):
            return
        more = {"nextToken": page["nextToken"]}


def sold(connection: Connection, *, within: timedelta) -> tuple[Sold, ...]:
    """Return the tasks of a region that were bought within that time; raises as `search` does."""
    return patiently(
        lambda: tuple(search(connection, since=connection.now() - within)),
        patience=Patience(),
        clock=connection.clock,
    )


def _is_ours(task: dict[str, Any]) -> bool:
    return EXECUTION_TAG in (task.get("tags") or {})


def _sold(task: dict[str, Any]) -> Sold:
    return Sold(
        execution_id=task["tags"][EXECUTION_TAG],
        run_id=task["tags"].get(RUN_TAG, ""),
        handle=task["quantumTaskArn"],
        state=str(task.get("status", "")).lower(),
        created_at=task["createdAt"].astimezone(UTC),
    )
