"""Where deployments stand: the work pool, its queues by priority, and variables."""

from collections.abc import Iterator, Mapping
from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import VariableCreate, WorkPoolCreate, WorkPoolUpdate
from prefect.exceptions import ObjectNotFound
from prefect.workers.process import ProcessWorker

from deployments.register.changes import Change, made
from deployments.register.manifest import Manifest


async def register_places(manifest: Manifest, *, client: PrefectClient) -> list[Change]:
    """Register what deployments stand on; a pool of another type and set variables stay."""
    return [
        await _pool(manifest, client=client),
        *[await _queue(manifest, n, client=client) for n in range(len(manifest.queues))],
        *[
            await _variable(name, value, client=client)
            for name, value in manifest.variables.items()
        ],
    ]


async def _pool(manifest: Manifest, *, client: PrefectClient) -> Change:
    wanted = manifest.work_pool
    template = ProcessWorker.get_default_base_job_template()
    template["variables"]["properties"]["command"]["default"] = wanted["command"]
    try:
        found = await client.read_work_pool(manifest.pool)
    except ObjectNotFound:
        await client.create_work_pool(
            WorkPoolCreate(
                name=manifest.pool,
                type=wanted["type"],
                description=wanted["description"],
                base_job_template=template,
            )
        )
        return made("work pool", manifest.pool, there=False, equal=False)
    ours = found.type == wanted["type"]
    equal = not ours or dict(_paths(found.base_job_template)) == dict(_paths(template))
    if not equal:
        update = WorkPoolUpdate(description=wanted["description"], base_job_template=template)
        await client.update_work_pool(manifest.pool, update)
    return made("work pool", manifest.pool, there=True, equal=equal)


async def _queue(manifest: Manifest, index: int, *, client: PrefectClient) -> Change:
    """Register one queue; the first of the file is the most urgent."""
    name, priority = manifest.queues[index], index + 1
    try:
        found = await client.read_work_queue_by_name(name, work_pool_name=manifest.pool)
    except ObjectNotFound:
        await client.create_work_queue(name, priority=priority, work_pool_name=manifest.pool)
        return made("work queue", name, there=False, equal=False)
    equal = found.priority == priority
    if not equal:
        await client.update_work_queue(found.id, priority=priority)
    return made("work queue", name, there=True, equal=equal)


async def _variable(name: str, value: Any, *, client: PrefectClient) -> Change:
    there = await client.read_variable_by_name(name) is not None
    if not there:
        await client.create_variable(VariableCreate(name=name, value=value))
    return made("variable", name, there=there, equal=there)


def _paths(tree: Mapping[str, Any], *above: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the leaves of nested mappings; what is empty or null says nothing."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _paths(value, *above, key)
        elif value not in (None, [], ""):
            yield (*above, key), value
