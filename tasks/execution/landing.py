"""Land executions with their counts and what was made of them, in one checked chunk."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from datasets.lake.conversion import Rows
from datasets.records.executions import Collected, ExecutionState, RunId
from tasks.core.progress.events import emit
from tasks.errors import RuntimeFault, StorageFault
from tasks.execution.executions import by_itself, fetched
from tasks.rows.counts import count_columns
from tasks.rows.rows import Row, execution_row

if TYPE_CHECKING:
    from tasks.context.runtime import Runtime


def land_counts(
    collected: Sequence[Collected],
    *,
    runtime: "Runtime",
    chunk: str,
    **derived: Sequence[Row],
) -> None:
    """Land `collected` and rows of other tables as the run's `chunk`, then tell the journal.

    What the lake has of the run already, in whatever chunk, stays where it is.

    Raises:
        BrokenContract: some rows break their contract; nothing of the chunk was published.
        StorageFault: the lake cannot be written.
    """
    run_id = collected[0].execution.run_id
    ids = [item.execution.execution_id for item in collected]
    runtime.journal.assign_chunk(ids, chunk)
    rows: dict[str, Rows] = {
        "executions": [execution_row(runtime.journal.execution(one)) for one in ids],
        "counts": count_columns(collected),
        **derived,
    }
    key = (run_id, chunk)
    files = {table: [(key, made)] for table, made in rows.items() if made}
    runs = dict.fromkeys(item.execution.run_id for item in collected)
    runtime.lake.land_all(files, run_id=run_id, once_in=list(runs))
    runtime.journal.landed(ids)
    emit("chunk.landed", chunk=chunk)


def salvage(run_id: RunId, *, runtime: "Runtime") -> None:
    """Land what came back for a run that stopped, each execution alone: it is paid for.

    What cannot be fetched now, or breaks its contract, is left where it is; it stops nothing else.

    Raises:
        StorageFault: the lake cannot be written.
    """
    ended = {ExecutionState.COMPLETED, ExecutionState.PARTIAL}
    again = {  # what a loop wrote down of its simulations: whoever goes on simulates it again
        entry.execution.execution_id
        for entries in runtime.journal.kept(run_id).values()
        for entry in entries
        if entry.charged_usd is None
    }
    entries = [
        entry
        for entry in runtime.journal.executions(run_id)
        if entry.state in ended and entry.execution.execution_id not in again
    ]
    if not entries:
        return
    backends = runtime.backends(runtime.journal.run(run_id), entries)
    for entry in entries:
        execution_id = entry.execution.execution_id
        try:
            collected = [fetched(entry, backend=backends[entry.execution.target])]
            land_counts(collected, runtime=runtime, chunk=by_itself(execution_id))
        except StorageFault:
            raise
        except RuntimeFault as fault:
            emit("execution.left", execution_id=execution_id, reason=str(fault))
