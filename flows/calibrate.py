"""Look at every device that can be reached, on a schedule."""

from typing import Annotated, Any

from prefect import flow
from pydantic import Field

from tasks.orchestration.edge import confined
from tasks.stages.upkeep import judge, observe, show_devices


@flow(
    name="calibrate",
    description="Look at every device that can be reached, and land what has changed.",
    flow_run_name="device snapshots",
    validate_parameters=True,
)
async def calibrate(
    targets: Annotated[
        list[str] | None, Field(description="These alone; leave empty for all.")
    ] = None,
) -> dict[str, Any]:
    """Land calibrations, status and queues, judge each device by its history, draw what is new.

    Args:
        targets: These alone; all that can be reached when empty.
    """
    confined()
    seen = observe(targets or [])
    judge([one.target for one in seen.observed])
    return show_devices(seen)
