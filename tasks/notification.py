"""Tell people what happened: always in a log of this home, elsewhere if a block says where."""

import json
from collections.abc import Mapping
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
