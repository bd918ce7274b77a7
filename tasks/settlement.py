"""Enter what the executions cost in the books."""

from decimal import Decimal

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.runs import Run
from tasks.core.events import emit
from tasks.lifecycle import closing
from tasks.lifecycle.runtime import open_runtime


@task(name="settle", cache_policy=NO_CACHE)
def settle(run: Run) -> Decimal:
    """Settle every execution of the run that has landed, each once; return what was charged."""
    runtime = open_runtime(home())
    closing.settle(run.run_id, runtime=runtime)
    entries = runtime.journal.executions(run.run_id)
    usd = sum((entry.charged_usd or Decimal(0) for entry in entries), Decimal(0))
    emit("run.settled", usd=usd)
    return usd
