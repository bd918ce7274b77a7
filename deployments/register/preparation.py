"""What happens between a server that starts and a system that works."""

import asyncio
import time
from typing import Final

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import WorkerStatus

from deployments.register.changes import sentence
from deployments.register.leftovers import take_up
from deployments.register.manifest import Manifest, flow_of
from deployments.register.registration import register
from deployments.server.up import System
from tasks.errors import StorageFault

_ONLINE_TIMEOUT_S: Final = 60.0
_LOOK_EVERY_S: Final = 0.2


def prepare(manifest: Manifest, *, running: System, worker: bool) -> None:
    """Register everything, see to what the last worker left, and wait for the new one.

    Raises:
        BadInput: a deployment does not fit its flow.
        StorageFault: the server or the worker does not start.
    """
    for deployment in manifest.deployments:
        flow_of(deployment)  # imports its module, while the server starts
    running.server_ready()
    began = running.start_worker if worker else lambda: None
    changes = asyncio.run(register(manifest, placed=began))
    running.tell(f"registered: {sentence(changes)}")
    if worker:
        if left := take_up(manifest, worker=running.worker_name, server_is_new=True):
            running.tell(f"{left} runs were cut off, and go on")
        asyncio.run(_online(manifest, name=running.worker_name))
        running.tell(f"worker takes {running.runs_at_once} runs at once")


async def _online(manifest: Manifest, *, name: str) -> None:
    deadline = time.monotonic() + _ONLINE_TIMEOUT_S
    async with get_client() as client:
        while time.monotonic() < deadline:
            workers = await client.read_workers_for_work_pool(manifest.pool)
            if any(one.name == name and one.status is WorkerStatus.ONLINE for one in workers):
                return
            await asyncio.sleep(_LOOK_EVERY_S)
    message = "The Prefect worker does not start. logs/prefect-worker.log says why."
    raise StorageFault(message)
