"""Executions of any run: submitted once, collected in their order."""

from collections.abc import Sequence

from datasets.records.executions import Collected, Execution
from tasks.context.dispatch import Dispatch
from tasks.context.runtime import Runtime
from tasks.execution import executions as verbs
from tasks.execution.executions import Gathered
from tasks.stages.stage import stage


@stage("submit")
def submit(runtime: Runtime, executions: Sequence[Execution]) -> None:
    """Submit, or attach to what was submitted before."""
    verbs.submit(executions, dispatch=_dispatch(runtime, executions))


@stage("collect")
def collect(runtime: Runtime, executions: Sequence[Execution]) -> tuple[Collected, ...]:
    """Collect what was submitted, in its order."""
    return verbs.collect(executions, dispatch=_dispatch(runtime, executions))


@stage("collect")
def gather(runtime: Runtime, executions: Sequence[Execution]) -> Gathered:
    """Wait for all; what failed for good costs itself alone."""
    return verbs.gather(executions, dispatch=_dispatch(runtime, executions))


def _dispatch(runtime: Runtime, executions: Sequence[Execution]) -> Dispatch:
    return runtime.dispatch(runtime.journal.run(executions[0].run_id))
