"""Wait for executions and bring their counts home."""

from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.executions import Collected, Execution
from tasks.lifecycle import executions as verbs
from tasks.lifecycle.runtime import open_runtime


@task(name="collect", cache_policy=NO_CACHE)
def collect(executions: Sequence[Execution]) -> tuple[Collected, ...]:
    """Collect what was submitted, in its order."""
    runtime = open_runtime(home())
    dispatch = runtime.dispatch(runtime.journal.run(executions[0].run_id))
    return verbs.collect(executions, dispatch=dispatch)
