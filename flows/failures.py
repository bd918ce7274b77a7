"""What every flow does when it fails: say so in the journal and the lake."""

from typing import Any

from prefect.client.schemas.objects import FlowRun, State

from datasets.layout import home
from datasets.records.names import RUN_ID
from datasets.records.runs import RunState
from tasks.lifecycle.cancellation import cancel_run
from tasks.lifecycle.claims import is_held
from tasks.lifecycle.closing import close
from tasks.lifecycle.runtime import open_runtime


def record_failure(flow: Any, flow_run: FlowRun, state: State) -> None:
    """Close the run with the reason in one line; one that nobody wants is cancelled at its target.

    A failed run can be resumed. Prefect calls this in the flow's process, but after a cancellation
    in the worker's, once it has ended the flow's.
    """
    del flow
    runtime = open_runtime(home())
    run = runtime.journal.find_run(_meant(flow_run))
    if run is None or run.state is not RunState.RUNNING:
        return  # it failed before it was written down, or after it was closed
    held = is_held(run.run_id)
    # A worker that cancels a flow run calls this before the run is called cancelled.
    if state.is_cancelled() or state.is_cancelling() or (held and run.cancel_requested_at):
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
