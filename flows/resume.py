"""Go on with a run that crashed, as a new flow run of the same deployment."""

from typing import Annotated, Any

from prefect import flow
from pydantic import Field

from tasks.requests.names import EXAMPLE_RUN, RunIdText
from tasks.stages.run import find, go_on


@flow(
    name="resume",
    description="Go on with a run that crashed or failed, where it stopped; buys nothing twice.",
    flow_run_name="resume {run_id}",
    validate_parameters=True,
)
async def resume(
    run_id: Annotated[
        RunIdText,
        Field(
            title="Run",
            description="The id of a run, or of the flow run that crashed.",
            examples=[EXAMPLE_RUN],
        ),
    ],
) -> dict[str, Any]:
    """Find out what the run is, then have a worker take it up.

    Args:
        run_id: A run, or a flow run that crashed.
    """
    stopped = await find(run_id)
    return await go_on(stopped)
