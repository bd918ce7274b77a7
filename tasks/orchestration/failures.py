"""What every flow does when it fails or is cancelled: say so in the journal, lake and target."""

from typing import Any

from prefect.client.schemas.objects import FlowRun, State
from prefect.utilities.asyncutils import run_coro_as_sync

from datasets.home import home
from datasets.records.executions import RunId
from datasets.records.names import RUN_ID
from datasets.records.runs import RunState
from tasks.context.run_lock import is_held
from tasks.context.runtime import open_runtime
from tasks.errors import BadInput
from tasks.orchestration.edge import settings_of
from tasks.run.cancellation import cancel_run
from tasks.run.cancellation_process import cancel_apart
from tasks.run.closing import close


def record_failure(flow: Any, flow_run: FlowRun, state: State) -> None:
    """Close the run with the reason in one line; a cancelled one is also cancelled at its target.

    A failed run can be resumed. Prefect calls this in the flow's process, but after a cancellation
    in the worker's, once it has ended the flow's and before it calls the flow run cancelled.
    """
    del flow
    run_id = RunId(_meant(flow_run))
    cancelled = state.is_cancelled() or state.is_cancelling()
    if cancelled and not is_held(run_id) and (settings := _settings(flow_run)):
        cancel_apart(run_id, settings=settings)
    else:
        _record(run_id, state, cancelled=cancelled)


def _settings(flow_run: FlowRun) -> dict[str, str]:
    """Return the settings that blocks gave the run's own process, which has ended."""
    asked = flow_run.parameters.get("parameters")
    account = asked.get("account", "") if isinstance(asked, dict) else ""
    try:
        return dict(run_coro_as_sync(settings_of(str(account or ""))))
    except BadInput:  # the account's block is gone; what this process has may do
        return {}


def _record(run_id: RunId, state: State, *, cancelled: bool) -> None:
    runtime = open_runtime(home())
    run = runtime.journal.find_run(run_id)
    if run is None or run.state is not RunState.RUNNING:
        return  # it failed before it was written down, or after it was closed
    held = is_held(run.run_id)
    if cancelled or (held and run.cancel_requested_at):
        cancel_run(run, runtime=runtime, holding=held)
    elif held:  # else another process works on it, which is why this one failed
        close(run.run_id, RunState.FAILED, runtime=runtime, failure=_reason(state))


def _meant(flow_run: FlowRun) -> str:
    """Return the id of the run that a flow run is of; one that has no id's shape is no run's."""
    named = str(flow_run.parameters.get("run_id") or "")
    return named if RUN_ID.fullmatch(named) else str(flow_run.id)


def _reason(state: State) -> str:
    """Return the fault's own words, without Prefect's before them."""
    lines = (state.message or "").strip().splitlines()
    text = lines[-1] if lines else "no reason given"
    return text.removeprefix("Flow run encountered an exception: ").partition(": ")[2] or text
