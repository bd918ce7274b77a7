"""Judge a device by its own history, after each new snapshot."""

from datetime import UTC, datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.states import Standing
from tasks.core.events import emit
from tasks.lifecycle.drift import LIMIT, look
from tasks.lifecycle.runtime import open_runtime


@task(name="judge", cache_policy=NO_CACHE, task_run_name="judge {target}")
def judge(target: str, *, limit: timedelta | None = LIMIT) -> tuple[Standing, ...]:
    """Say in the journal what drift and age make of a device; both take back what they said."""
    runtime = open_runtime(home())
    found = look(target, runtime=runtime, now=datetime.now(UTC), limit=limit)
    for standing in found.standings:
        runtime.journal.stand(standing)
        emit("device.judged", target=target, state=standing.state, reason=standing.reason)
    return found.standings
