"""What the journal writes down of executions and of the money that they cost."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby

import sqlalchemy as sa

from datasets.journal import ledger, queries
from datasets.journal.database import Database, insert_once, next_number
from datasets.journal.rows import (
    Entry,
    execution_row,
    to_entry,
    to_spend,
)
from datasets.journal.tables import executions, runs
from datasets.journal.tables import ledger as spend
from datasets.records.executions import Execution, ExecutionId, ExecutionState, RunId
from datasets.records.spend import Spend
from tasks.core.progress.events import emit

AT_ONCE = 500  # values in a statement, which SQLite limits
RUNS_LOOKED_AT = 20  # for what is expected of a target


class ExecutionVerbs(Database):
    """Executions, and the ledger."""

    def intend(
        self,
        execution: Execution,
        *,
        reserve: bool = False,
        now: datetime | None = None,
        most_usd: Decimal | None = None,
    ) -> Entry:
        """Write the execution down before anything is asked of the target; return what stands.

        An intent that was given up is meant again. `reserve` sets its cost aside in the ledger,
        `now` is what time it is at the target, where that is known. `most_usd` is what its run may
        have spent and set aside in all then.

        Raises:
            SpendingCapped: it would be more; nothing is written down.
        """
        query = queries.of_execution(execution.execution_id)
        with self._writing("intend") as connection:
            queries.lock(connection, runs.c.run_id == execution.run_id)
            number = next_number(connection, executions, executions.c.run_id == execution.run_id)
            insert_once(connection, executions, execution_row(execution) | {"number": number})
            entry = to_entry(connection.execute(query).one())
            if entry.abandoned:
                again = {"state": ExecutionState.INTENT, "failure": None}
                queries.advance(
                    connection, [execution.execution_id], ExecutionState.CANCELLED, again
                )
            if reserve and entry.handle is None:
                ledger.reserve(connection, entry)
                queries.check_cap(connection, entry.execution, most_usd=most_usd)
            meant = {"meant_at": now}
            queries.advance(connection, [execution.execution_id], ExecutionState.INTENT, meant)
            return to_entry(connection.execute(query).one())

    def committed_usd(self, run_id: RunId) -> Decimal:
        """Return what a run has spent, and set aside for what may still be charged."""
        with self._reading() as connection:
            return queries.committed(connection, run_id)

    def abandon(self, execution_id: ExecutionId, *, reason: str) -> None:
        """Give up an intent that the target does not have, and what was set aside for it."""
        given_up = {"state": ExecutionState.CANCELLED, "failure": reason}
        with self._writing("abandon") as connection:
            queries.lock_of(connection, [execution_id])
            queries.advance(connection, [execution_id], ExecutionState.INTENT, given_up)
            entry = to_entry(connection.execute(queries.of_execution(execution_id)).one())
            if entry.abandoned:
                ledger.release(connection, entry)
        _tell([execution_id], ExecutionState.CANCELLED)

    def bought_again(self, target: str) -> Decimal:
        """Return how many tasks were bought again for each that a target's last runs planned.

        A run on several targets does not count.
        """
        last = sa.select(runs.c.run_id).where(runs.c.target == target)
        last = last.order_by(runs.c.number.desc()).limit(RUNS_LOOKED_AT)
        again = sa.func.count(executions.c.parent_id)
        ours = sa.and_(executions.c.run_id.in_(last), executions.c.handle.is_not(None))
        with self._reading() as connection:
            row = connection.execute(sa.select(again, sa.func.count()).where(ours)).one()
        planned = row[1] - row[0]
        return Decimal(row[0]) / planned if planned else Decimal(0)

    def submitted(
        self, execution_id: ExecutionId, handle: str, *, calibration_id: str | None = None
    ) -> None:
        """Write down the target's handle; an execution never gets a second one.

        `calibration_id` is what is in force at the target, where it says.
        """
        unsubmitted = sa.and_(
            executions.c.execution_id == execution_id, executions.c.handle.is_(None)
        )
        values = {
            "handle": handle,
            "state": ExecutionState.SUBMITTED,
            "submitted_at": _now(),
            "calibration_id_submitted": calibration_id,
            "failure": None,
        }
        with self._writing("submitted") as connection:
            connection.execute(executions.update().where(unsubmitted).values(**values))

    def completed(
        self,
        execution_id: ExecutionId,
        *,
        state: ExecutionState,
        shots_returned: int,
        started_at: datetime,
        ended_at: datetime,
        calibration_id_end: str | None,
        failure: str | None = None,
        charged_usd: Decimal | None = None,
        engine: str | None = None,
    ) -> None:
        """Write down how the target ended the execution; a later state is left alone."""
        values = {
            "state": state,
            "shots_returned": shots_returned,
            "started_at": started_at,
            "ended_at": ended_at,
            "calibration_id_end": calibration_id_end,
            "failure": failure,
            "charged_usd": charged_usd,
            "engine": engine,
        }
        with self._writing("completed") as connection:
            queries.advance(connection, [execution_id], ExecutionState.SUBMITTED, values)
        _tell([execution_id], state)

    def assign_chunk(
        self, execution_ids: Sequence[ExecutionId], chunk: str
    ) -> dict[ExecutionId, str]:
        """Write down in which chunk of the lake executions land, unless that is so; return it."""
        chosen = executions.c.execution_id.in_(execution_ids)
        free = executions.update().where(chosen, executions.c.chunk.is_(None))
        with self._writing("assign_chunk") as connection:
            connection.execute(free.values(chunk=chunk))
            known = connection.execute(
                sa.select(executions.c.execution_id, executions.c.chunk).where(chosen)
            )
            return {ExecutionId(execution_id): found for execution_id, found in known}

    def landed_chunks(
        self, chunks: Sequence[str], *, alike: Callable[[str], bool]
    ) -> dict[str, frozenset[RunId]]:
        """Return those of `chunks` that are in the lake, each with the runs that bought of it.

        `alike` says of an execution's options whether it counts.
        """
        there = executions.c.state.in_([ExecutionState.LANDED, ExecutionState.SETTLED])
        wanted = sa.select(executions.c.chunk, executions.c.run_id, executions.c.options)
        known: dict[str, frozenset[RunId]] = {}
        with self._reading() as connection:
            for start in range(0, len(chunks), AT_ONCE):
                some = executions.c.chunk.in_(chunks[start : start + AT_ONCE])
                found = connection.execute(wanted.where(there, some).distinct())
                for chunk, run_id, options in found:
                    if alike(options):
                        known[chunk] = known.get(chunk, frozenset()) | {RunId(run_id)}
        return known

    def all_landed(self) -> dict[RunId, tuple[ExecutionId, ...]]:
        """Return the executions whose counts are in the lake and are some, by their run."""
        there = executions.c.state.in_([ExecutionState.LANDED, ExecutionState.SETTLED])
        wanted = sa.select(executions.c.run_id, executions.c.execution_id).where(
            there, executions.c.shots_returned > 0
        )
        found: dict[RunId, list[ExecutionId]] = {}
        with self._reading() as connection:
            for run_id, execution_id in connection.execute(wanted):
                found.setdefault(RunId(run_id), []).append(ExecutionId(execution_id))
        return {run_id: tuple(every) for run_id, every in found.items()}

    def landed(self, execution_ids: Sequence[ExecutionId]) -> None:
        """Write down that the counts are in the lake."""
        with self._writing("landed") as connection:
            queries.lock_of(connection, execution_ids)
            for since in (ExecutionState.COMPLETED, ExecutionState.PARTIAL):
                queries.advance(connection, execution_ids, since, {"state": ExecutionState.LANDED})
        _tell(execution_ids, ExecutionState.LANDED)

    def settle(self, execution_ids: Sequence[ExecutionId]) -> None:
        """Enter what was charged in the ledger; what has landed is then settled."""
        with self._writing("settle") as connection:
            queries.lock_of(connection, execution_ids)
            chosen = sa.select(executions).where(executions.c.execution_id.in_(execution_ids))
            for row in connection.execute(chosen).all():
                ledger.settle(connection, to_entry(row))
            settled = {"state": ExecutionState.SETTLED}
            queries.advance(connection, execution_ids, ExecutionState.LANDED, settled)
        _tell(execution_ids, ExecutionState.SETTLED)

    def executions(self, run_id: RunId) -> tuple[Entry, ...]:
        """Return a run's executions in the order of their creation."""
        of_run = sa.select(executions).where(executions.c.run_id == run_id)
        order = (executions.c.number, executions.c.execution_id)
        with self._reading() as connection:
            return tuple(to_entry(row) for row in connection.execute(of_run.order_by(*order)))

    def execution(self, execution_id: ExecutionId) -> Entry:
        """Return one execution."""
        with self._reading() as connection:
            return to_entry(connection.execute(queries.of_execution(execution_id)).one())

    def meant_at(self, execution_id: ExecutionId, *, now: datetime) -> datetime:
        """Return when an intent was meant last, by its target's clock, which says `now`.

        Where nobody knows it was no later than now, which is written down.
        """
        of_it = executions.c.execution_id == execution_id
        unknown = executions.update().where(of_it, executions.c.meant_at.is_(None))
        with self._writing("meant_at") as connection:
            connection.execute(unknown.values(meant_at=now))
            found: datetime = connection.execute(
                sa.select(executions.c.meant_at).where(of_it)
            ).scalar_one()
            return found

    def find_execution(self, execution_id: ExecutionId) -> Entry | None:
        """Return one execution, if there is one of that id."""
        with self._reading() as connection:
            row = connection.execute(queries.of_execution(execution_id)).one_or_none()
        return None if row is None else to_entry(row)

    def sealed_spend(self, run_id: RunId) -> tuple[tuple[int, tuple[Spend, ...]], ...]:
        """Return a run's ledger in numbered batches that never change; new entries are the last."""
        of_run = sa.select(spend).where(spend.c.run_id == run_id)
        with self._writing("seal") as connection:
            queries.lock(connection, runs.c.run_id == run_id)
            ledger.seal(connection, run_id)
            order = (spend.c.batch, spend.c.at, spend.c.entry_id)
            rows = connection.execute(of_run.order_by(*order)).all()
        batches = groupby(rows, key=lambda row: int(row.batch))
        return tuple((batch, tuple(map(to_spend, members))) for batch, members in batches)


def _tell(execution_ids: Sequence[ExecutionId], state: ExecutionState) -> None:
    """Say which executions have reached a state; one that was there before may be among them."""
    if execution_ids:
        emit("executions.changed", execution_ids=tuple(execution_ids), state=state)


def _now() -> datetime:
    return datetime.now(UTC)
