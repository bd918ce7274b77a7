"""Keep the server and the home small."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
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

from datasets.layout import home
from tasks.lifecycle.runtime import open_runtime
from tasks.lifecycle.tidying import Tidied, tidy

OURS: Final = "quantum-runtime"  # the tag of every deployment of ours
KEEP_DAYS: Final = "qrt_keep_days"
_DEFAULT_DAYS: Final = 14
_PAGE: Final = 200


@task(name="choose age", cache_policy=NO_CACHE)
async def keep_days(asked: int | None) -> int:
    """Return how many days are kept: as asked, else what the variable says."""
    found = asked or await Variable.aget(KEEP_DAYS, default=_DEFAULT_DAYS)
    return int(str(found))


@task(name="prune server", cache_policy=NO_CACHE)
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


@task(name="tidy home", cache_policy=NO_CACHE)
def tidy_home(*, days: int) -> Tidied:
    """Remove old caches and abandoned locks under the home folder."""
    return tidy(open_runtime(home()), older_than=timedelta(days=days))


@task(name="tell", cache_policy=NO_CACHE)
def tell(*, days: int, pruned: dict[str, int], tidied: Tidied) -> dict[str, Any]:
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
