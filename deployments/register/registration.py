"""Register everything on the server that PREFECT_API_URL names; twice is once."""

from collections.abc import Callable

from prefect.client.orchestration import get_client

from deployments.register.automations import register_automations
from deployments.register.changes import Change
from deployments.register.documents import register_blocks
from deployments.register.manifest import Manifest
from deployments.register.places import register_places
from deployments.register.registered import register_deployments


async def register(
    manifest: Manifest, *, placed: Callable[[], None] = lambda: None
) -> list[Change]:
    """Register what the file holds, and call `placed` as soon as a worker could begin.

    Nothing is removed: what else is on the server belongs to others.

    Raises:
        BadInput: a deployment does not fit its flow.
    """
    async with get_client() as client:
        changes = await register_places(manifest, client=client)
        placed()
        changes += await register_blocks(client=client)
        changes += await register_deployments(manifest, client=client)
        return changes + await register_automations(client=client)
