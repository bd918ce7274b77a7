"""Open and close a run: in the journal first, then in the lake."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from prefect import runtime as prefect_runtime
from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.executions import RunId
from datasets.records.runs import Run, RunState
from tasks.core.events import emit
from tasks.core.identity import canonical
from tasks.lifecycle.claims import claim, release
from tasks.lifecycle.rows import run_row
from tasks.lifecycle.runtime import Runtime, open_runtime


@task(name="open run", cache_policy=NO_CACHE)
def open_run(flow: str, *, parameters: Mapping[str, Any], run_id: str | None) -> Run:
    """Write the run down, or take up the one of that id where it was left."""
    run = Run(
        run_id=RunId(run_id or str(prefect_runtime.flow_run.id)),
        flow=flow,
        tenant=parameters["tenant"],
        target=parameters["target"],
        seed=parameters["seed"],
        parameters=canonical(parameters).decode(),
        started_at=datetime.now(UTC),
    )
    runtime = open_runtime(home())
    claim(run.run_id, home=runtime.home)
    opened = runtime.journal.begin(run)
    emit("run.opened", run_id=opened.run_id, flow=flow, target=opened.target)
    return opened


@task(name="close run", cache_policy=NO_CACHE)
def close_run(run: Run, *, result: Mapping[str, Any]) -> None:
    """Write the answer down, settle the executions, and let the raw results go."""
    runtime = open_runtime(home())
    entries = runtime.journal.executions(run.run_id)
    runtime.journal.settled([entry.execution.execution_id for entry in entries])
    end(runtime, run.run_id, RunState.COMPLETED, result=json.dumps(result))
    backend = runtime.backend(run.target)
    for handle in (entry.handle for entry in entries if entry.handle):
        backend.discard(handle)
    emit("run.closed", run_id=run.run_id)


def end(
    runtime: Runtime,
    run_id: RunId,
    state: RunState,
    *,
    result: str | None = None,
    failure: str | None = None,
) -> None:
    """End the run in the journal, then land what stands there."""
    ended = runtime.journal.end(run_id, state, result=result, failure=failure)
    key = (run_id, f"{state}-{ended.ended_at:%Y%m%dt%H%M%S%f}")
    runtime.lake.land_all({"runs": [(key, [run_row(ended)])]}, run_id=run_id)
    release(run_id, home=runtime.home)
