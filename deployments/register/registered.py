"""Deployments on a server: what is wanted beside what is there."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectNotFound
from prefect.utilities.callables import parameter_schema

from deployments.register.changes import Change, made
from deployments.register.manifest import Manifest, flow_of

if TYPE_CHECKING:
    from prefect import Flow

_COMPARED = (
    "version",
    "description",
    "tags",
    "parameters",
    "entrypoint",
    "parameter_openapi_schema",
    "enforce_parameter_schema",
    "work_pool_name",
    "work_queue_name",
    "concurrency_options",
    "pull_steps",
)


async def register_deployments(manifest: Manifest, *, client: PrefectClient) -> list[Change]:
    """Register every deployment of the file; one that is as it should be is not touched.

    Whether a schedule or a deployment is paused is for the people at the UI to say, and stays.
    """
    return [await _register(deployment, client=client) for deployment in manifest.deployments]


async def _register(deployment: Mapping[str, Any], *, client: PrefectClient) -> Change:
    flow = flow_of(deployment)
    wanted = _wanted(deployment, flow)
    name = f"{flow.name}/{deployment['name']}"
    try:
        found = await client.read_deployment_by_name(name)
    except ObjectNotFound:
        found = None
    schedules = deployment.get("schedules", [])
    equal = found is not None and _stands(found, wanted, schedules)
    if not equal:
        await client.create_deployment(
            flow_id=await client.create_flow_from_name(flow.name),
            name=deployment["name"],
            paused=found.paused if found else False,
            schedules=[_schedule(one, found) for one in schedules],
            **wanted,
        )
    return made("deployment", name, there=found is not None, equal=equal)


def _wanted(deployment: Mapping[str, Any], flow: "Flow[..., Any]") -> dict[str, Any]:
    place, limit = deployment["work_pool"], deployment.get("concurrency_limit", {})
    return {
        "version": deployment["version"],
        "description": deployment.get("description") or flow.description,
        "tags": deployment.get("tags", []),
        "parameters": deployment.get("parameters", {}),
        "entrypoint": deployment["entrypoint"],
        "parameter_openapi_schema": parameter_schema(flow).model_dump(exclude_unset=True),
        "enforce_parameter_schema": True,
        "work_pool_name": place["name"],
        "work_queue_name": place["work_queue_name"],
        "concurrency_limit": limit.get("limit"),
        "concurrency_options": ConcurrencyOptions(
            collision_strategy=ConcurrencyLimitStrategy(limit["collision_strategy"])
        )
        if limit
        else None,
        "pull_steps": [],
    }


def _stands(
    found: DeploymentResponse, wanted: Mapping[str, Any], schedules: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether what is there is what is wanted."""
    limit = found.global_concurrency_limit
    return (
        all((getattr(found, name) or None) == (wanted[name] or None) for name in _COMPARED)
        and (limit.limit if limit else None) == wanted["concurrency_limit"]
        and {_key(one.schedule, one.slug) for one in found.schedules}
        == {_key(_cron(one), one["slug"]) for one in schedules}
    )


def _schedule(
    wanted: Mapping[str, Any], found: DeploymentResponse | None
) -> DeploymentScheduleCreate:
    there = {one.slug: one.active for one in found.schedules} if found else {}
    return DeploymentScheduleCreate(
        schedule=_cron(wanted), slug=wanted["slug"], active=there.get(wanted["slug"], True)
    )


def _cron(wanted: Mapping[str, Any]) -> CronSchedule:
    return CronSchedule(cron=wanted["cron"], timezone=wanted["timezone"])


def _key(schedule: Any, slug: str | None) -> tuple[str | None, str | None, str | None]:
    return slug, getattr(schedule, "cron", None), getattr(schedule, "timezone", None)
