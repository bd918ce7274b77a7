"""Close a run: the journal first, then everything that follows from it, as often as need be."""

from datasets.records.executions import RunId
from datasets.records.runs import RunState
from tasks.core.events import emit
from tasks.lifecycle.claims import release
from tasks.lifecycle.rows import run_row
from tasks.lifecycle.runtime import Runtime


def close(
    run_id: RunId,
    state: RunState,
    *,
    runtime: Runtime,
    result: str | None = None,
    failure: str | None = None,
) -> None:
    """End the run in the journal, then follow up."""
    runtime.journal.end(run_id, state, result=result, failure=failure)
    emit("run.ended", run_id=run_id, state=state)
    follow_up(run_id, runtime=runtime)


def follow_up(run_id: RunId, *, runtime: Runtime) -> None:
    """Land the closed run and let go of what only an open one needs; safe to repeat."""
    run = runtime.journal.run(run_id)
    key = (run_id, f"{run.state}-{run.ended_at:%Y%m%dt%H%M%S%f}")
    runtime.lake.land_all({"runs": [(key, [run_row(run)])]}, run_id=run_id)
    if run.state is RunState.COMPLETED:
        backend = runtime.backend(run)
        for entry in runtime.journal.executions(run_id):
            if entry.handle:
                backend.discard(entry.handle)
    release(run_id, home=runtime.home)
