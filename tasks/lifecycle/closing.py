"""Close a run: books and journal first, then all that follows from them, as often as need be."""

from collections.abc import Sequence

from datasets.records.executions import RunId
from datasets.records.runs import RunState
from tasks.core.events import emit
from tasks.lifecycle.claims import release
from tasks.lifecycle.landing import salvage
from tasks.lifecycle.rows import Row, run_row, spend_row
from tasks.lifecycle.runtime import Runtime

Landing = tuple[Sequence[str], Sequence[Row]]


def close(
    run_id: RunId,
    state: RunState,
    *,
    runtime: Runtime,
    result: str | None = None,
    failure: str | None = None,
) -> None:
    """Land what came back, settle what was charged, end the run in the journal, then follow up."""
    if state is not RunState.COMPLETED:
        salvage(run_id, runtime=runtime)
    settle(run_id, runtime=runtime)
    runtime.journal.end(run_id, state, result=result, failure=failure)
    emit("run.ended", run_id=run_id, state=state)
    follow_up(run_id, runtime=runtime)


def settle(run_id: RunId, *, runtime: Runtime) -> None:
    """Enter the charges of the run's executions in the ledger, each once."""
    entries = runtime.journal.executions(run_id)
    runtime.journal.settle([entry.execution.execution_id for entry in entries])


def land_spend(run_id: RunId, *, runtime: Runtime) -> None:
    """Land what an open run's ledger holds so far; safe to repeat."""
    spend = _spend(run_id, runtime=runtime)
    if any(spend.values()):
        runtime.lake.land_all(spend, run_id=run_id)


def follow_up(run_id: RunId, *, runtime: Runtime) -> None:
    """Land the closed run and let go of what only an open one needs; safe to repeat."""
    run = runtime.journal.run(run_id)
    key = (run_id, f"{run.state}-{run.ended_at:%Y%m%dt%H%M%S%f}")
    runs: dict[str, Sequence[Landing]] = {"runs": [(key, [run_row(run)])]}
    runtime.lake.land_all(runs | _spend(run_id, runtime=runtime), run_id=run_id)
    if run.state is RunState.COMPLETED:
        entries = runtime.journal.executions(run_id)
        backends = runtime.backends(run, entries)
        for entry in entries:
            if entry.handle:
                backends[entry.execution.target].discard(entry.handle)
    release(run_id, home=runtime.home)


def _spend(run_id: RunId, *, runtime: Runtime) -> dict[str, Sequence[Landing]]:
    batches = runtime.journal.sealed_spend(run_id)
    return {
        "spend": [
            ((run_id, f"{batch:06d}"), [spend_row(entry) for entry in entries])
            for batch, entries in batches
        ]
    }
