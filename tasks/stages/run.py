"""A run's opening, settlement, report and closing; its resumption by its deployment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import runtime as prefect_runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound

from datasets.records import names
from datasets.records.executions import RunId
from datasets.records.runs import Run, RunState, named
from tasks.backends.provider_clock import provider_time
from tasks.context.elapsed import take_up
from tasks.context.run_lock import claim
from tasks.context.runtime import Runtime
from tasks.core.identity import canonical
from tasks.core.progress.events import emit
from tasks.report.artifact import page, table
from tasks.report.html import plots_of, write_report
from tasks.report.presenter import Ended, Plots
from tasks.requests.run import RunRequest
from tasks.run import closing
from tasks.run.openings import restored, write_down
from tasks.run.resumption import Resumable, check_same, resumable
from tasks.stages.stage import stage


@stage("open run")
def open_run(runtime: Runtime, flow: str, *, request: RunRequest, run_id: str | None) -> Run:
    """Write the run down, or take up the one of that id where it was left."""
    run = Run(
        run_id=RunId(run_id or str(prefect_runtime.flow_run.id)),
        flow=flow,
        tenant=request.tenant,
        target=named(request.target),
        seed=request.seed,
        parameters=canonical(request.model_dump()).decode(),
        started_at=datetime.now(UTC),
        opened_at=provider_time(),
    )
    runtime.lake.check()
    before = restored(run.run_id, runtime=runtime)
    check_same(run, runtime=runtime)
    claim(run.run_id, home=runtime.home)
    opened = runtime.journal.begin(run)
    write_down(opened, runtime=runtime)
    take_up(opened.run_id, anew=before is None)
    emit("run.opened", run_id=opened.run_id, flow=flow, target=opened.target)
    return opened


@stage("settle")
def settle(runtime: Runtime, run: Run) -> Decimal:
    """Settle every execution of the run that has landed, each once; return what was charged."""
    closing.settle(run.run_id, runtime=runtime)
    entries = runtime.journal.executions(run.run_id)
    usd = sum((entry.charged_usd or Decimal(0) for entry in entries), Decimal(0))
    emit("run.settled", usd=usd)
    return usd


@stage("close run")
def close_run(runtime: Runtime, run: Run, *, result: Mapping[str, Any]) -> None:
    """Write the answer down, and let the raw results go."""
    closing.close(run.run_id, RunState.COMPLETED, runtime=runtime, result=json.dumps(result))
    emit("run.closed", run_id=run.run_id)


@stage("report")
def report(runtime: Runtime, run_id: RunId) -> Path:
    """Render the run as one HTML file, and as an artifact of the flow run."""
    ended = Ended.of(run_id, runtime=runtime)
    plots = plots_of(ended)
    path = write_report(run_id, runtime=runtime, plots=plots)
    emit("report.written", path=str(path))
    _show(ended, plots=plots)
    return path


@stage("tell")
def show(runtime: Runtime, run_id: RunId) -> None:
    """Render a run that has no report as an artifact of the flow run."""
    _show(Ended.of(run_id, runtime=runtime), plots=())


def _show(ended: Ended, *, plots: Plots) -> None:
    told = page(ended, plots=plots)
    create_markdown_artifact(told, key="result", description="What the run found")
    rows, what = table(ended)
    if rows:
        create_table_artifact(rows, key="values", description=what)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A run that stopped, and the deployment that goes on with it."""

    run: Resumable
    deployment: UUID | str
    stop: str  # tells this stop from others of the run, so that each is answered once


@stage("find")
async def find(runtime: Runtime, run_id: str) -> Stopped:
    """Return what is to go on: the run of that id, or that the flow run of that id worked on."""
    async with get_client() as client:
        flow_run = await _flow_run(run_id, client=client)
        asked = flow_run.parameters if flow_run else None
        meant = names.run_id((asked or {}).get("run_id") or run_id)
        tags = FlowRunFilterTags(all_=[Resumable(meant, "", {}).tag])
        resumed = len(await client.read_flow_runs(flow_run_filter=FlowRunFilter(tags=tags)))
        await _take_name(flow_run, client=client)
    run = resumable(meant, asked=asked, resumed=resumed, runtime=runtime)
    deployment = (flow_run and flow_run.deployment_id) or f"{run.flow}/{run.flow}"
    return Stopped(run, deployment, stop=run_id if flow_run else f"{run_id} {resumed}")


@stage("go on", runtime=False)
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
    here = prefect_runtime.flow_run.id
    if flow_run and here:
        await client.update_flow_run(UUID(here), name=f"resume: {flow_run.name}")
