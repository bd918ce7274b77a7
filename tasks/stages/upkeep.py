"""Upkeep: devices observed and judged, journal and providers reconciled, old data removed."""

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from prefect import runtime as prefect_runtime
from prefect.artifacts import create_markdown_artifact
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    DeploymentFilter,
    DeploymentFilterTags,
    FlowFilter,
    FlowFilterId,
    FlowRunFilter,
    FlowRunFilterEndTime,
)
from prefect.variables import Variable

from datasets.home import home
from datasets.records.states import Standing
from tasks.context.runtime import Runtime
from tasks.devices import drift, observation
from tasks.devices.observation import Look, Observed
from tasks.report.drawing.device_map import device_map
from tasks.report.markdown import spoken
from tasks.run import reconciliation, reconciliation_report
from tasks.run.housekeeping import Tidied, tidy
from tasks.run.notification_log import keep_notice
from tasks.run.reconciliation_report import Reconciliation
from tasks.stages.stage import stage


@stage("observe")
def observe(runtime: Runtime, targets: list[str]) -> Look:
    """Look at these devices, or at all, and land what has changed."""
    seen = observation.look(targets, now=datetime.now(UTC))
    return observation.land(seen, runtime=runtime, run_id=str(prefect_runtime.flow_run.id))


@stage("tell", runtime=False)
def show_devices(seen: Look) -> dict[str, Any]:
    """Show what was found, with a map of each device that has a new calibration."""
    lines = "\n".join(f"* {spoken(line)}" for line in observation.sentences(seen))
    create_markdown_artifact(lines, key="calibrate", description="Devices")
    for one in seen.observed:
        if one.target in seen.recalibrated:
            create_markdown_artifact(_pictured(one), key=_key(one.target), description=one.target)
    return observation.plain(seen)


def _pictured(seen: Observed) -> str:
    snapshot = seen.snapshot
    picture = b64encode(device_map(snapshot).encode()).decode()
    return (
        f"# {snapshot.name}, calibrated {snapshot.published_at:%Y-%m-%d %H:%M} UTC\n\n"
        f"![{snapshot.name}](data:image/svg+xml;base64,{picture})\n\n`{snapshot.calibration_id}`\n"
    )


def _key(target: str) -> str:
    return f"device-{re.sub(r'[^a-z0-9]+', '-', target.lower()).strip('-')}"


@stage("judge")
def judge(runtime: Runtime, targets: Sequence[str]) -> list[Standing]:
    """Say in the journal what drift and age make of each device."""
    return drift.judge(targets, runtime=runtime, now=datetime.now(UTC))


@stage("reconcile")
def reconcile(runtime: Runtime, *, days: int) -> Reconciliation:
    """Close open intents, adopt what is ours, settle what has ended, report strays."""
    return reconciliation.reconcile(runtime, within=timedelta(days=days))


@stage("tell", runtime=False)
def show_reconciliation(found: Reconciliation) -> dict[str, Any]:
    """Show what was found in the Prefect UI, and return it as plain JSON types."""
    lines = reconciliation_report.sentences(found)
    create_markdown_artifact(
        "\n".join(f"* {spoken(line)}" for line in lines) or "Nothing is open.",
        key="reconcile",
        description="Journal and providers",
    )
    return reconciliation_report.plain(found)


OURS: Final = "quantum-runtime"  # the tag of every deployment of ours
KEEP_DAYS: Final = "qrt_keep_days"
_DEFAULT_DAYS: Final = 14
_PAGE: Final = 200


@stage("choose age", runtime=False)
async def keep_days(asked: int | None) -> int:
    """Return how many days are kept: as asked, else what the variable says."""
    found = asked or await Variable.aget(KEEP_DAYS, default=_DEFAULT_DAYS)
    return int(str(found))


@stage("prune server", runtime=False)
async def prune(*, days: int) -> dict[str, int]:
    """Delete our flows' runs that ended longer ago, with their task runs, logs and artifacts."""
    before = datetime.now(UTC) - timedelta(days=days)
    removed = {"flow_runs": 0, "artifacts": 0}
    async with get_client() as client:
        while page := await _old_runs(before, client=client):
            for run_id in page:
                removed["artifacts"] += await _drop_artifacts(run_id, client=client)
                await client.delete_flow_run(run_id)
                removed["flow_runs"] += 1
    return removed


@stage("tidy home")
def tidy_home(runtime: Runtime, *, days: int) -> Tidied:
    """Remove old caches and abandoned locks under the home folder."""
    return tidy(runtime, older_than=timedelta(days=days))


@stage("tell", runtime=False)
def show_removed(*, days: int, pruned: dict[str, int], tidied: Tidied) -> dict[str, Any]:
    """Show what was removed in the Prefect UI, and return it as plain JSON types."""
    found = {"days": days, **pruned, **asdict(tidied)}
    rows = "\n".join(f"| {name.replace('_', ' ')} | {value:,} |" for name, value in found.items())
    create_markdown_artifact(
        f"| removed | |\n|---|---:|\n{rows}", key="maintain", description="What was removed"
    )
    return found


async def _old_runs(before: datetime, *, client: PrefectClient) -> list[Any]:
    ours = await client.read_deployments(
        deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=[OURS]))
    )
    if not ours:
        return []
    found = await client.read_flow_runs(
        flow_filter=FlowFilter(id=FlowFilterId(any_=[one.flow_id for one in ours])),
        flow_run_filter=FlowRunFilter(end_time=FlowRunFilterEndTime(before_=before)),
        limit=_PAGE,
    )
    return [run.id for run in found]


async def _drop_artifacts(run_id: Any, *, client: PrefectClient) -> int:
    of_run = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
    found = await client.read_artifacts(artifact_filter=of_run)
    for artifact in found:
        await client.delete_artifact(artifact.id)
    return len(found)


BLOCK_VARIABLE: Final = "qrt_notify_block"


@stage("notify", runtime=False)
async def notify(notice: Mapping[str, str]) -> str:
    """Keep the notice, and send it through the block that the variable `qrt_notify_block` names.

    An ending that has been told of is not told of again, whoever asks.
    """
    if not keep_notice({"at": datetime.now(UTC).isoformat(), **notice}, home=home()):
        return json.dumps({**notice, "told": "before"})
    if named := str(await Variable.aget(BLOCK_VARIABLE, default="") or ""):
        await _send(notice, named)
    return json.dumps(dict(notice))


async def _send(notice: Mapping[str, str], named: str) -> None:
    block: Any = await Block.aload(named)
    if isinstance(block, NotificationBlock):
        text = f"{notice['name']}: {notice['state']}. {notice['message']}".strip()
        await block.notify(body=text, subject=f"Quantum Runtime: {notice['state']}")
