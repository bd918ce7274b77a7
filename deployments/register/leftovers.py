"""Flow runs that ended with the worker that ran them, and that the server takes for running."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelled, Cancelling, Crashed

from deployments.register.automations import MEASUREMENT
from deployments.register.manifest import Manifest
from tasks.errors import RuntimeFault
from tasks.orchestration.failures import record_failure

_ENDED: Final = "The process that ran this has ended with its worker."
_GOING_ON: Final = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


def take_up(manifest: Manifest, *, worker: str, server_is_new: bool) -> int:
    """Mark as crashed what the last worker of that name left; return how many that were.

    What somebody had cancelled is cancelled, and does not go on.

    The automations go on with them and tell of them; on a server that has just begun this does, for
    Prefect may keep an event for 15 minutes whose predecessor only the last server has seen.
    Call it while no such worker is at work, or soon after one began: what it has begun itself is
    left alone.
    """
    return asyncio.run(
        _take_up(manifest, worker=worker, before=datetime.now(UTC), resume=server_is_new)
    )


async def _take_up(manifest: Manifest, *, worker: str, before: datetime, resume: bool) -> int:
    async with get_client() as client:
        left = [
            run
            for run in await client.read_flow_runs(
                flow_run_filter=FlowRunFilter(
                    state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_GOING_ON))
                ),
                work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[manifest.pool])),
            )
            if run.labels.get("prefect.worker.name") == worker and _since(run) < before
        ]
        unwanted = [run for run in left if run.state and run.state.is_cancelling()]
        for run in unwanted:
            await _cancel(run, client=client)
        going_on = [run for run in left if run not in unwanted]
        for run in going_on:
            await _mark(run, client=client)
        if resume:
            measured = [run for run in going_on if MEASUREMENT in run.tags]
            await _go_on(measured, client=client)
            await _tell(measured, client=client)
        return len(going_on)


async def _cancel(run: FlowRun, *, client: PrefectClient) -> None:
    """Cancel a run as its worker was about to; a refusal of its target is tried again next time."""
    try:
        await asyncio.to_thread(record_failure, None, run, Cancelling())
    except RuntimeFault:
        return
    await client.set_flow_run_state(run.id, Cancelled(), force=True)


async def _mark(run: FlowRun, *, client: PrefectClient) -> None:
    await client.set_flow_run_state(run.id, Crashed(message=_ENDED), force=True)


async def _go_on(runs: Sequence[FlowRun], *, client: PrefectClient) -> None:
    """Have crashed runs resumed, each once, as the automation would."""
    deployment = await client.read_deployment_by_name("resume/resume")
    for run in runs:
        await client.create_flow_run_from_deployment(
            deployment.id, parameters={"run_id": str(run.id)}, idempotency_key=f"resume {run.id}"
        )


async def _tell(runs: Sequence[FlowRun], *, client: PrefectClient) -> None:
    """Ask for what the automation asks for, later; the same ending is told of once."""
    deployment = await client.read_deployment_by_name("notify/notify")
    for run in runs:
        notice = {"name": run.name, "state": "Crashed", "message": _ENDED,
                  "flow_run_id": str(run.id), "attempt": str(run.run_count)}  # fmt: skip
        await client.create_flow_run_from_deployment(
            deployment.id, parameters=notice, idempotency_key=f"notify {run.id} {run.run_count}"
        )


def _since(run: FlowRun) -> datetime:
    return run.state.timestamp if run.state else run.created or datetime.now(UTC)
