"""What every flow does when it fails: say so in the journal and the lake."""

from typing import Any

from prefect.client.schemas.objects import FlowRun, State

from datasets.layout import home
from datasets.records.executions import RunId
from datasets.records.runs import RunState
from tasks.lifecycle.runtime import open_runtime
from tasks.running import end


def record_failure(flow: Any, flow_run: FlowRun, state: State) -> None:
    """Close the run as failed or cancelled, with the reason in one line; it can be resumed."""
    del flow
    run_id = RunId(flow_run.parameters.get("run_id") or str(flow_run.id))
    ended = RunState.CANCELLED if state.is_cancelled() else RunState.FAILED
    reason = (state.message or "").strip().splitlines()
    end(open_runtime(home()), run_id, ended, failure=reason[-1] if reason else "no reason given")
