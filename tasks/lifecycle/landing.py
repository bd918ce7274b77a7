"""Land executions with their counts and what was made of them, in one checked chunk."""

from collections.abc import Sequence

from datasets.records.executions import Collected
from tasks.core.events import emit
from tasks.lifecycle.rows import Row, count_rows, execution_row
from tasks.lifecycle.runtime import Runtime


def land_counts(
    collected: Sequence[Collected],
    *,
    runtime: Runtime,
    chunk: str,
    **derived: Sequence[Row],
) -> None:
    """Land `collected` and rows of other tables as the run's `chunk`, then tell the journal.

    Raises:
        BrokenContract: some rows break their contract; nothing of the chunk was published.
        StorageFault: the lake cannot be written.
    """
    run_id = collected[0].execution.run_id
    ids = [item.execution.execution_id for item in collected]
    entries = [runtime.journal.execution(execution_id) for execution_id in ids]
    rows: dict[str, Sequence[Row]] = {
        "executions": [execution_row(entry) for entry in entries],
        "counts": [row for item in collected for row in count_rows(item)],
        **derived,
    }
    key = (run_id, chunk)
    runtime.lake.land_all({table: [(key, made)] for table, made in rows.items()}, run_id=run_id)
    runtime.journal.landed(ids)
    emit("chunk.landed", chunk=chunk)
