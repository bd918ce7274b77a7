"""Hand executions to their target, each once."""

from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.executions import Execution
from tasks.lifecycle import executions as verbs
from tasks.lifecycle.runtime import open_runtime


@task(name="submit", cache_policy=NO_CACHE)
def submit(executions: Sequence[Execution]) -> None:
    """Submit, or attach to what was submitted before."""
    runtime = open_runtime(home())
    dispatch = runtime.dispatch(runtime.journal.run(executions[0].run_id))
    verbs.submit(executions, dispatch=dispatch)
