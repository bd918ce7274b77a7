"""Check that the server has planned a run for each active schedule."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse

_MOST: Final = 200  # that the API returns at once


def unplanned() -> str:
    """Say which deployments have an active schedule and no run ahead; nothing where all have."""
    found = asyncio.run(_unplanned())
    if not found:
        return ""
    return f"Prefect's scheduler plans no runs of {', '.join(found)}, whose schedules are active"


async def _unplanned() -> list[str]:
    async with get_client() as client:
        return [
            each.name
            for each in await client.read_deployments()
            if _is_due(each) and not await _is_planned(each, client=client)
        ]


def _is_due(deployment: DeploymentResponse) -> bool:
    return not deployment.paused and any(one.active for one in deployment.schedules)


async def _is_planned(deployment: DeploymentResponse, *, client: PrefectClient) -> bool:
    ahead = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
            next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(after_=datetime.now(UTC)),
        ),
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
        limit=_MOST,
    )
    return any(run.auto_scheduled for run in ahead)
