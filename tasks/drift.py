"""Judge devices by their own history, after each look at them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.states import Standing
from tasks.lifecycle import drift
from tasks.lifecycle.runtime import open_runtime


@task(name="judge", cache_policy=NO_CACHE)
def judge(targets: Sequence[str]) -> list[Standing]:
    """Say in the journal what drift and age make of each device."""
    return drift.judge(targets, runtime=open_runtime(home()), now=datetime.now(UTC))
