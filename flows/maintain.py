"""Keep the server's database and the home folder small, on a schedule."""

from typing import Annotated, Any

from prefect import flow
from pydantic import Field

from tasks.stages.upkeep import keep_days, prune, show_removed, tidy_home


@flow(
    name="maintain",
    description="Remove old flow runs, artifacts, caches and locks; never results, never work.",
    flow_run_name="maintenance",
    validate_parameters=True,
)
async def maintain(
    days: Annotated[
        int | None,
        Field(
            title="Keep (days)",
            ge=1,
            le=3650,
            description="What is older is removed; empty for the variable qrt_keep_days.",
            examples=[14],
        ),
    ] = None,
) -> dict[str, Any]:
    """Prune the server, tidy the home, and say what was removed.

    Args:
        days: How many days are kept, 1 to 3,650; empty for the variable qrt_keep_days.
    """
    kept = await keep_days(days)
    pruned = await prune(days=kept)
    return show_removed(days=kept, pruned=pruned, tidied=tidy_home(days=kept))
