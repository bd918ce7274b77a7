"""Look at the devices, and show in the Prefect UI what has changed."""

import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from prefect import runtime as prefect_runtime
from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from tasks.core.markdown import spoken
from tasks.core.reports.device_map import device_map
from tasks.lifecycle.observation import Look, Observed, land, look, plain, sentences
from tasks.lifecycle.runtime import open_runtime


@task(name="observe", cache_policy=NO_CACHE)
def observe(targets: list[str]) -> Look:
    """Look at these devices, or at all, and land what has changed."""
    seen = look(targets, now=datetime.now(UTC))
    return land(seen, runtime=open_runtime(home()), run_id=str(prefect_runtime.flow_run.id))


@task(name="tell", cache_policy=NO_CACHE)
def tell(seen: Look) -> dict[str, Any]:
    """Show what was found, with a map of each device that has a new calibration."""
    lines = "\n".join(f"* {spoken(line)}" for line in sentences(seen))
    create_markdown_artifact(lines, key="calibrate", description="Devices")
    for one in seen.observed:
        if one.target in seen.recalibrated:
            create_markdown_artifact(_pictured(one), key=_key(one.target), description=one.target)
    return plain(seen)


def _pictured(seen: Observed) -> str:
    snapshot = seen.snapshot
    picture = b64encode(device_map(snapshot).encode()).decode()
    return (
        f"# {snapshot.name}, calibrated {snapshot.published_at:%Y-%m-%d %H:%M} UTC\n\n"
        f"![{snapshot.name}](data:image/svg+xml;base64,{picture})\n\n`{snapshot.calibration_id}`\n"
    )


def _key(target: str) -> str:
    return f"device-{re.sub(r'[^a-z0-9]+', '-', target.lower()).strip('-')}"
