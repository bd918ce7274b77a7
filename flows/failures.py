"""What every flow does when it fails: say so in the journal and the lake."""

from typing import Any

from prefect.client.schemas.objects import FlowRun, State

from datasets.layout import home
from datasets.records.executions import RunId
from datasets.records.runs import RunState
from tasks.lifecycle.closing import close
from tasks.lifecycle.runtime import open_runtime


def record_failure(flow: Any, flow_run: FlowRun, state: State) -> None:
    """Close the run as failed or cancelled, with the reason in one line; it can be resumed."""
    del flow
    run_id = RunId(flow_run.parameters.get("run_id") or str(flow_run.id))
    ended = RunState.CANCELLED if state.is_cancelled() else RunState.FAILED
    close(run_id, ended, runtime=open_runtime(home()), failure=_reason(state))


def _reason(state: State) -> str:
    """Return the fault's own words, without Prefect's before them."""
    lines = (state.message or "").strip().splitlines()
    text = lines[-1] if lines else "no reason given"
    return text.removeprefix("Flow run encountered an exception: ").partition(": ")[2] or text
