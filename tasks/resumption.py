"""Find a crashed run, and have its deployment run again for it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prefect import runtime as here
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound

from datasets.layout import home
from datasets.records import names
from tasks.lifecycle.resuming import Resumable, resumable
from tasks.lifecycle.runtime import open_runtime


@dataclass(frozen=True, slots=True)
class Stopped:
    """A run that stopped, and the deployment that goes on with it."""

    run: Resumable
    deployment: UUID | str
    stop: str  # tells this stop from others of the run, so that each is answered once


@task(name="find", cache_policy=NO_CACHE)
async def find(run_id: str) -> Stopped:
    """Return what is to go on: the run of that id, or that the flow run of that id worked on."""
    async with get_client() as client:
        flow_run = await _flow_run(run_id, client=client)
        asked = flow_run.parameters if flow_run else None
        meant = names.run_id((asked or {}).get("run_id") or run_id)
        tags = FlowRunFilterTags(all_=[Resumable(meant, "", {}).tag])
        resumed = len(await client.read_flow_runs(flow_run_filter=FlowRunFilter(tags=tags)))
        await _take_name(flow_run, client=client)
    run = resumable(meant, asked=asked, resumed=resumed, runtime=open_runtime(home()))
    deployment = (flow_run and flow_run.deployment_id) or f"{run.flow}/{run.flow}"
    return Stopped(run, deployment, stop=run_id if flow_run else f"{run_id} {resumed}")


@task(name="go on", cache_policy=NO_CACHE)
async def go_on(stopped: Stopped) -> dict[str, Any]:
    """Have a worker take the run up, unless there is a reason to leave it alone."""
    run = stopped.run
    if run.reason:
        return {"run_id": run.run_id, "resumed": False, "reason": run.reason}
    made = await run_deployment(  # type: ignore[misc]  # Prefect types it for both worlds
        stopped.deployment,
        parameters=dict(run.parameters),
        tags=[run.tag],
        timeout=0,
        as_subflow=False,
        idempotency_key=f"resumes {stopped.stop}",
    )
    return {"run_id": run.run_id, "resumed": True, "flow_run_id": str(made.id)}


async def _flow_run(run_id: str, *, client: PrefectClient) -> FlowRun | None:
    try:
        return await client.read_flow_run(UUID(run_id))
    except (ObjectNotFound, ValueError):
        return None


async def _take_name(flow_run: FlowRun | None, *, client: PrefectClient) -> None:
    """Call this flow run after the one that it is about: people know no run by its id."""
    if flow_run and here.flow_run.id:
        await client.update_flow_run(UUID(here.flow_run.id), name=f"resume: {flow_run.name}")
