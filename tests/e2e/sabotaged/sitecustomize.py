"""Break a service of Prefect in the process that serves: QRT_SABOTAGE says which, and how."""

import os
import sys
from typing import Any

HOW = os.environ.get("QRT_SABOTAGE", "")


def break_it() -> None:
    """Put a broken part in the place of a whole one."""
    from prefect.server.events.services.event_persister import EventPersister
    from prefect.server.services import late_runs, scheduler

    def fails(*_: Any, **__: Any) -> Any:
        message = "it was sabotaged"
        raise RuntimeError(message)

    async def plans_nothing(*_: Any, **__: Any) -> list[Any]:
        return []

    async def ends(_: Any) -> None:
        return

    match HOW:
        case "scheduler fails":
            vars(scheduler)["_collect_flow_runs"] = fails
        case "scheduler plans nothing":
            vars(scheduler)["_collect_flow_runs"] = plans_nothing
        case "late runs fails":
            late_runs.now = fails
        case "event persister ends":
            EventPersister.start = ends  # type: ignore[assignment]


if HOW and "deployments.server.child" in sys.orig_argv:
    break_it()
