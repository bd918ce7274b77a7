"""What the journal writes down of a loop that was simulated: some iterations at a time.

Nothing is paid for, so nothing has to be written ahead: what is lost is simulated again.
"""

from collections.abc import Sequence
from dataclasses import fields

from datasets.journal.database import Database, insert_once
from datasets.journal.rows import Entry, execution_row, iteration_row
from datasets.journal.tables import executions, iterations
from datasets.records.runs import Iteration


class ChunkVerbs(Database):
    """Iterations with the executions that they were made of."""

    def keep(self, entries: Sequence[Entry], *, made: Sequence[Iteration], chunk: str) -> None:
        """Write down ended executions, which land in `chunk`, and iterations; the first stands."""
        with self._writing("keep") as connection:
            rows = (_row(entry) | {"chunk": chunk} for entry in entries)
            insert_once(connection, executions, *rows)
            insert_once(connection, iterations, *map(iteration_row, made))


def _row(entry: Entry) -> dict[str, object]:
    beside = {f.name: getattr(entry, f.name) for f in fields(Entry) if f.name != "execution"}
    return execution_row(entry.execution) | beside
