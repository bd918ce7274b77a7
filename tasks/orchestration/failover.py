"""What every flow does when its device is lost: choose another one while nothing is bought."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from prefect import runtime as prefect_runtime

from datasets.home import home
from tasks.context.runtime import open_runtime
from tasks.core.progress.events import emit
from tasks.errors import DeviceOffline, DeviceRetired, DeviceWithheld
from tasks.run.failover import give_way

Body = Callable[..., Awaitable[dict[str, Any]]]


def failing_over(body: Body) -> Body:
    """Begin the flow's body again after its device was lost, on the one that is then chosen.

    A run whose target was named, or that has bought something, fails with what else there is.
    Each turn gives up a device for good, so that the turns end.
    """

    @wraps(body)
    async def moving(parameters: Any, run_id: str | None = None) -> dict[str, Any]:
        while True:
            try:
                return await body(parameters, run_id)
            except (DeviceOffline, DeviceRetired, DeviceWithheld) as fault:
                found = run_id or str(prefect_runtime.flow_run.id)
                give_way(found, fault, runtime=open_runtime(home()))

    @wraps(body)
    async def telling(parameters: Any, run_id: str | None = None) -> dict[str, Any]:
        try:
            return await moving(parameters, run_id)
        except Exception as fault:
            # Prefect says so too, but only once its server knows.
            emit("flow.failed", failure=str(fault) or type(fault).__name__)
            raise

    return telling
