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
from datasets.records.runs import Run, RunState, named
from tasks.backends.provider_clock import provider_time
from tasks.core.events import emit
from tasks.core.identity import canonical
from tasks.lifecycle.claims import claim
from tasks.lifecycle.closing import close
from tasks.lifecycle.elapsed import take_up
from tasks.lifecycle.openings import restored, write_down
from tasks.lifecycle.resuming import check_same
from tasks.lifecycle.runtime import open_runtime


@task(name="open run", cache_policy=NO_CACHE)
def open_run(flow: str, *, parameters: Mapping[str, Any], run_id: str | None) -> Run:
    """Write the run down, or take up the one of that id where it was left."""
    run = Run(
        run_id=RunId(run_id or str(prefect_runtime.flow_run.id)),
        flow=flow,
        tenant=parameters["tenant"],
        target=named(parameters["target"]),
        seed=parameters["seed"],
        parameters=canonical(parameters).decode(),
        started_at=datetime.now(UTC),
        opened_at=provider_time(),
    )
    runtime = open_runtime(home())
    runtime.lake.check()
    before = restored(run.run_id, runtime=runtime)
    check_same(run, runtime=runtime)
    claim(run.run_id, home=runtime.home)
    opened = runtime.journal.begin(run)
    write_down(opened, runtime=runtime)
    take_up(opened.run_id, anew=before is None)
    emit("run.opened", run_id=opened.run_id, flow=flow, target=opened.target)
    return opened


@task(name="close run", cache_policy=NO_CACHE)
def close_run(run: Run, *, result: Mapping[str, Any]) -> None:
    """Write the answer down, and let the raw results go."""
    runtime = open_runtime(home())
    close(run.run_id, RunState.COMPLETED, runtime=runtime, result=json.dumps(result))
    emit("run.closed", run_id=run.run_id)
