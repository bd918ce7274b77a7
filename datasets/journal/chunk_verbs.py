"""What the journal writes down of a loop that was simulated: some iterations at a time.

Nothing is paid for, so nothing has to be written ahead: what is lost is simulated again.
"""

from collections.abc import Collection, Sequence
from dataclasses import fields

import sqlalchemy as sa

from datasets.journal import queries
from datasets.journal.database import Database, insert_once, next_number
from datasets.journal.rows import Entry, execution_row, iteration_row, to_entry
from datasets.journal.tables import executions, iterations
from datasets.records.executions import ExecutionId, ExecutionState, Purpose, RunId
from datasets.records.runs import Iteration


class ChunkVerbs(Database):
    """Iterations with the executions that they were made of."""

    def keep(self, entries: Sequence[Entry], *, made: Sequence[Iteration], chunk: str) -> None:
        """Write down ended executions, which land in `chunk`, and iterations; the first stands."""
        with self._writing("keep") as connection:
            runs = {entry.execution.run_id for entry in entries}
            first = next_number(connection, executions, executions.c.run_id.in_(runs))
            rows = (
                _row(entry) | {"chunk": chunk, "number": number}
                for number, entry in enumerate(entries, first)
            )
            insert_once(connection, executions, *rows)
            insert_once(connection, iterations, *map(iteration_row, made))

    def chunks(self, run_id: RunId) -> tuple[str, ...]:
        """Return the chunks of a loop that have landed."""
        there = executions.c.state.in_([ExecutionState.LANDED, ExecutionState.SETTLED])
        of_loop = executions.c.purpose == Purpose.ITERATION
        wanted = sa.select(executions.c.chunk).distinct()
        wanted = wanted.where(executions.c.run_id == run_id, of_loop, there)
        with self._reading() as connection:
            return tuple(chunk for (chunk,) in connection.execute(wanted) if chunk)

    def chunks_with(self, run_id: RunId, execution_ids: Collection[ExecutionId]) -> frozenset[str]:
        """Return the chunks in which some executions of a run have landed."""
        wanted = sa.select(executions.c.execution_id, executions.c.chunk)
        with self._reading() as connection:
            rows = connection.execute(wanted.where(executions.c.run_id == run_id)).all()
        return frozenset(chunk for one, chunk in rows if chunk and one in execution_ids)

    def kept(self, run_id: RunId, *, again: Sequence[str] = ()) -> dict[str, list[Entry]]:
        """Return the executions of a loop that have ended and not landed, by their chunk.

        Those of `again` are returned though they have.
        """
        wanted = sa.select(executions).where(
            executions.c.run_id == run_id,
            executions.c.purpose == Purpose.ITERATION,
            executions.c.chunk.is_not(None),
            (executions.c.state == ExecutionState.COMPLETED) | executions.c.chunk.in_(again),
        )
        found: dict[str, list[Entry]] = {}
        with self._reading() as connection:
            for row in connection.execute(wanted.order_by(executions.c.iteration)):
                found.setdefault(row.chunk, []).append(to_entry(row))
        return found

    def lose(self, execution_ids: Sequence[ExecutionId], *, reason: str) -> None:
        """Give up ended executions of a loop whose counts are lost and cannot be made again."""
        given_up = {"state": ExecutionState.CANCELLED, "failure": reason}
        with self._writing("lose") as connection:
            queries.advance(connection, execution_ids, ExecutionState.COMPLETED, given_up)


def _row(entry: Entry) -> dict[str, object]:
    beside = {f.name: getattr(entry, f.name) for f in fields(Entry) if f.name != "execution"}
    return execution_row(entry.execution) | beside
