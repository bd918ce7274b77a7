"""Close a run: books and journal first, then all that follows from them, as often as need be."""

from collections.abc import Sequence
from typing import Final

from datasets.records.executions import ExecutionState, RunId
from datasets.records.runs import Run, RunState
from tasks.context.run_lock import release
from tasks.context.runtime import Runtime
from tasks.core.progress.events import emit
from tasks.errors import RuntimeFault
from tasks.execution.inspection import look
from tasks.execution.landing import salvage
from tasks.rows.rows import Row, run_row, spend_row

_TELLING: Final = ("target", "state", "parameters", "quote_usd", "cost_usd", "result", "failure")
_OPEN: Final = (ExecutionState.INTENT, ExecutionState.SUBMITTED)
_UNNEEDED: Final = "The run was completed without it."
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
    if state is RunState.COMPLETED:
        _resolve(run_id, runtime=runtime)
    salvage(run_id, runtime=runtime)
    settle(run_id, runtime=runtime)
    runtime.journal.end(run_id, state, result=result, failure=failure)
    emit("run.ended", run_id=run_id, state=state)
    follow_up(run_id, runtime=runtime)


def _resolve(run_id: RunId, *, runtime: Runtime) -> None:
    """Look once at open executions that a completed run did not need, of another release's plan."""
    entries = [entry for entry in runtime.journal.executions(run_id) if entry.state in _OPEN]
    backends = runtime.backends(runtime.journal.run(run_id), entries)
    for entry in entries:
        backend = backends[entry.execution.target]
        try:
            look(entry, journal=runtime.journal, backend=backend, reason=_UNNEEDED)
        except RuntimeFault as fault:
            execution_id = entry.execution.execution_id
            emit("execution.left", execution_id=execution_id, reason=str(fault))


def settle(run_id: RunId, *, runtime: Runtime) -> None:
    """Enter the charges of the run's executions in the ledger, each once."""
    entries = runtime.journal.executions(run_id)
    runtime.journal.settle([entry.execution.execution_id for entry in entries])


def land_spend(run_id: RunId, *, runtime: Runtime) -> None:
    """Land what an open run's ledger holds so far; safe to repeat."""
    spend = _spend(run_id, runtime=runtime)
    if any(spend.values()):
        runtime.lake.land_all(spend, run_id=run_id, once_in=[run_id])


def update_books(run: Run, *, runtime: Runtime) -> None:
    """Bring the books of a run that stopped up to what is known now; safe to repeat."""
    settle(run.run_id, runtime=runtime)
    if run.state is RunState.RUNNING:
        land_spend(run.run_id, runtime=runtime)
        return
    runtime.journal.end(run.run_id, run.state)  # its cost may be known better now
    follow_up(run.run_id, runtime=runtime)


def follow_up(run_id: RunId, *, runtime: Runtime) -> None:
    """Land the closed run and let go of what only an open one needs; safe to repeat."""
    run = runtime.journal.run(run_id)
    files = _state(run, runtime=runtime) | _spend(run_id, runtime=runtime)
    runtime.lake.land_all(files, run_id=run_id, once_in=[run_id])
    if run.state is RunState.COMPLETED:
        entries = runtime.journal.executions(run_id)
        backends = runtime.backends(run, entries)
        for entry in entries:
            if entry.handle:
                backends[entry.execution.target].discard(entry.handle)
    release(run_id, home=runtime.home)


def land_state(run: Run, *, runtime: Runtime) -> None:
    """Land how a run stands, unless the lake has it as the last of its states; safe to repeat."""
    if state := _state(run, runtime=runtime):
        runtime.lake.land_all(state, run_id=run.run_id)


def _state(run: Run, *, runtime: Runtime) -> dict[str, Sequence[Landing]]:
    """Return how the run stands as the next of the states that the lake has, unless it is the last.

    Which one came last is counted by the lake: neither a clock nor a restored journal knows.
    """
    row = run_row(run)
    before = runtime.lake.rows_of("runs", run.run_id)
    last = max(before, key=lambda one: one.get("number") or 0, default={})
    number = last.get("number") or 0
    if number and all(last[name] == row[name] for name in _TELLING):
        return {}
    key = (run.run_id, f"{number + 1:06d}-{run.state}")
    return {"runs": [(key, [{**row, "number": number + 1}])]}


def _spend(run_id: RunId, *, runtime: Runtime) -> dict[str, Sequence[Landing]]:
    batches = runtime.journal.sealed_spend(run_id)
    return {
        "spend": [
            ((run_id, f"{batch:06d}"), [spend_row(entry) for entry in entries])
            for batch, entries in batches
        ]
    }
