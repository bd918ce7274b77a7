"""Tell people what happened: always in a log of this home, elsewhere if a block says where."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from prefect import task
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.cache_policies import NO_CACHE
from prefect.variables import Variable

from datasets.layout import home
from tasks.lifecycle.notices import keep_notice

BLOCK_VARIABLE: Final = "qrt_notify_block"


@task(name="notify", cache_policy=NO_CACHE)
async def notify(*, name: str, state: str, message: str, flow_run_id: str) -> str:
    """Keep the notice, and send it through the block that the variable `qrt_notify_block` names."""
    told = {"name": name, "state": state, "message": message, "flow_run_id": flow_run_id}
    keep_notice({"at": datetime.now(UTC).isoformat(), **told}, home=home())
    text = f"{name}: {state}. {message}".strip()
    named = str(await Variable.aget(BLOCK_VARIABLE, default="") or "")
    if named:
        block: Any = await Block.aload(named)
        if isinstance(block, NotificationBlock):
            await block.notify(body=text, subject=f"Quantum Runtime: {state}")
    return json.dumps(told)
