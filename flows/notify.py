"""Write down that a run failed, and tell whoever is to know."""

from typing import Annotated

from prefect import flow
from pydantic import Field

from tasks.stages.upkeep import notify as tell


@flow(
    name="notify",
    description="Say that a run failed: in a log of this home, and through a notification block.",
    flow_run_name="notice: {name} {state}",
    validate_parameters=True,
)
async def notify(
    name: Annotated[
        str, Field(title="Flow run", max_length=200, description="The name of the flow run.")
    ] = "a flow run",
    state: Annotated[
        str, Field(title="State", max_length=40, description="How it ended, such as Failed.")
    ] = "Failed",
    message: Annotated[
        str, Field(title="Message", max_length=4000, description="Why, in one line.")
    ] = "",
    flow_run_id: Annotated[
        str, Field(title="Flow run id", max_length=64, description="Where the UI shows it.")
    ] = "",
    attempt: Annotated[
        str,
        Field(title="Attempt", max_length=10, description="How often the flow run had been begun."),
    ] = "",
) -> str:
    """Keep the line, and pass it on.

    Args:
        name: The name of the flow run.
        state: How it ended.
        message: Why.
        flow_run_id: Its id.
        attempt: How often it had been begun. One ending of one attempt is told of once.
    """
    notice = {"name": name, "state": state, "message": message, "flow_run_id": flow_run_id}
    return await tell({**notice, "attempt": attempt})
