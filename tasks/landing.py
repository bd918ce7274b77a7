"""Put the final estimate and its counts into the lake."""

from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.executions import Collected, Estimate
from tasks.lifecycle.landing import land_counts
from tasks.lifecycle.rows import estimate_row
from tasks.lifecycle.runtime import open_runtime


@task(name="land", cache_policy=NO_CACHE)
def land(collected: Sequence[Collected], *, estimates: Sequence[Estimate]) -> None:
    """Check and publish; what breaks its contract is quarantined and stops the run."""
    rows = [estimate_row(item, collected=collected) for item in estimates]
    land_counts(collected, runtime=open_runtime(home()), chunk="estimate", estimates=rows)
