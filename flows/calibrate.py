"""Look at every device that can be reached, on a schedule."""

from typing import Annotated, Any

from prefect import flow
from pydantic import Field

from tasks.observation import observe, tell


@flow(
    name="calibrate",
    description="Look at every device that can be reached, and land what has changed.",
    validate_parameters=True,
)
async def calibrate(
    targets: Annotated[
        list[str] | None, Field(description="These alone; leave empty for all.")
    ] = None,
) -> dict[str, Any]:
    """Land new calibrations, status and queues, then draw the devices that were calibrated anew.

    Args:
        targets: These alone; all that can be reached when empty.
    """
    seen = observe(targets or [])
    return tell(seen)
