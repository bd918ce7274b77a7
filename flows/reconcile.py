"""Bring the journal and the providers together again, on a schedule."""

from typing import Annotated, Any

from prefect import flow
from pydantic import Field

from tasks.stages.upkeep import reconcile as look_at_everything
from tasks.stages.upkeep import show_reconciliation


@flow(
    name="reconcile",
    description="Close open intents, adopt orphans, settle what has ended, report strays.",
    flow_run_name="reconcile the last {days} days",
    validate_parameters=True,
)
async def reconcile(
    days: Annotated[int, Field(title="Days", ge=1, le=90)] = 7,
) -> dict[str, Any]:
    """Look at every execution that may be at a provider, then say what was found.

    Args:
        days: How far back strays are looked for, in days: 1 to 90.
    """
    reconciliation = look_at_everything(days=days)
    return show_reconciliation(reconciliation)
