"""The write-ahead journal: what was meant, what the target has, what came back.

Every verb is one transaction and may be called again with the same arguments.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import sqlalchemy as sa

from datasets.journal import ledger, queries
from datasets.journal.database import connect, insert_once, storage
from datasets.journal.engines import writing
from datasets.journal.rows import (
    Entry,
    execution_row,
    iteration_row,
    run_row,
    to_entry,
    to_iteration,
    to_run,
    to_spend,
)
from datasets.journal.tables import executions, iterations, runs
from datasets.journal.tables import ledger as spend
from datasets.records.executions import Execution, ExecutionId, ExecutionState, RunId
from datasets.records.runs import Iteration, Run, RunState
from datasets.records.spend import Spend
from tasks.core.events import emit
from tasks.errors import UnknownName

AT_ONCE = 500  # values in a statement, which SQLite limits


class Journal:
    """Runs, executions, iterations and the ledger behind one engine; safe to share by threads.

    A verb that reads to decide what to write locks its run first.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, location: Path | str) -> "Journal":
        """Open the journal at a path (SQLite) or a database URL, bringing its schema up to date.

        Raises:
            StorageFault: it cannot be opened, or is newer than this release.
        """
        return cls(connect(location))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # Runs

    def begin(self, run: Run) -> Run:
        """Write the run down, or mark the one of that id as running again; return what stands.

        What it may do can have changed since: its parameters are the newest ones.
        """
        again = queries.AGAIN | {"parameters": run.parameters}
        with self._writing("begin") as connection:
            insert_once(connection, runs, run_row(run))
            connection.execute(runs.update().where(runs.c.run_id == run.run_id).values(**again))
            return to_run(connection.execute(queries.of_run(run.run_id)).one())

    def quote(self, run_id: RunId, usd: Decimal) -> None:
        """Write down what the run was expected to cost."""
        with self._writing("quote") as connection:
            connection.execute(runs.update().where(runs.c.run_id == run_id).values(quote_usd=usd))

    def request_cancel(self, run_id: RunId) -> None:
        """Write down that the run is not wanted any more, for whoever works on it."""
        wanted = sa.and_(runs.c.run_id == run_id, runs.c.cancel_requested_at.is_(None))
        with self._writing("request_cancel") as connection:
            connection.execute(runs.update().where(wanted).values(cancel_requested_at=_now()))

    def is_wanted(self, run_id: RunId) -> bool:
        """Whether nobody has asked for the run to be cancelled since it began."""
        asked = sa.select(runs.c.cancel_requested_at).where(runs.c.run_id == run_id)
        with self._reading() as connection:
            return connection.execute(asked).scalar_one() is None

    def end(
        self,
        run_id: RunId,
        state: RunState,
        *,
        result: str | None = None,
        failure: str | None = None,
    ) -> Run:
        """Close a run; a closed run keeps its first ending for that state, until its cost changes.

        What a closed run costs can change when an execution that it left behind has ended.
        """
        with self._writing("end") as connection:
            queries.lock(connection, runs.c.run_id == run_id)
            row = connection.execute(queries.of_run(run_id)).one()
            spent = queries.spent(connection, run_id)
            closing = runs.update().where(runs.c.run_id == run_id)
            ending = {"ended_at": _now(), "cost_usd": spent}
            if row.state != state:
                answer = {"state": state, "result": result, "failure": failure}
                connection.execute(closing.values(**ending, **answer))
            elif row.cost_usd != spent:
                connection.execute(closing.values(**ending))
            return to_run(connection.execute(queries.of_run(run_id)).one())

    def run(self, run_id: str) -> Run:
        """Return a run by its id or an unambiguous beginning of it.

        Raises:
            UnknownName: no run, or more than one, begins with that.
        """
        beginning = sa.select(runs).where(runs.c.run_id.startswith(run_id, autoescape=True))
        with self._reading() as connection:
            found = connection.execute(beginning.limit(3)).all()
        exact = [row for row in found if row.run_id == run_id]
        if len(found) != 1 and not exact:
            known = [row.run_id for row in found] or [r.run_id for r in self.runs(limit=3)]
            raise UnknownName("run", run_id, known or ["none yet: start one with `qrt vqe`"])
        return to_run((exact or found)[0])

    def find_run(self, run_id: str) -> Run | None:
        """Return the run of that id, if there is one."""
        with self._reading() as connection:
            row = connection.execute(queries.of_run(run_id)).one_or_none()
        return None if row is None else to_run(row)

    def runs(self, *, limit: int = 50) -> tuple[Run, ...]:
        """Return the newest runs first."""
        newest = sa.select(runs).order_by(runs.c.started_at.desc(), runs.c.run_id).limit(limit)
        with self._reading() as connection:
            return tuple(to_run(row) for row in connection.execute(newest))

    def unsettled(self) -> tuple[Run, ...]:
        """Return the runs that somebody has to look after, oldest first.

        They have work that a target may have, money that is set aside or not in the lake, or were
        to be cancelled, and are not.
        """
        with self._reading() as connection:
            return tuple(to_run(row) for row in connection.execute(queries.unsettled()))

    def one_a_target(self) -> tuple[Run, ...]:
        """Return a run for each target that there were runs on."""
        chosen = sa.select(sa.func.max(runs.c.run_id)).group_by(runs.c.target)
        wanted = sa.select(runs).where(runs.c.run_id.in_(chosen)).order_by(runs.c.target)
        with self._reading() as connection:
            return tuple(to_run(row) for row in connection.execute(wanted))

    # Executions

    def intend(self, execution: Execution, *, reserve: bool = False) -> Entry:
        """Write the execution down before anything is asked of the target; return what stands.

        An intent that was given up is meant again. `reserve` sets its cost aside in the ledger.
        """
        query = queries.of_execution(execution.execution_id)
        with self._writing("intend") as connection:
            queries.lock(connection, runs.c.run_id == execution.run_id)
            insert_once(connection, executions, execution_row(execution))
            entry = to_entry(connection.execute(query).one())
            if entry.abandoned:
                meant = {"state": ExecutionState.INTENT, "failure": None}
                queries.advance(
                    connection, [execution.execution_id], ExecutionState.CANCELLED, meant
                )
            if reserve and entry.handle is None:
                ledger.reserve(connection, entry)
            return to_entry(connection.execute(query).one())

    def abandon(self, execution_id: ExecutionId, *, reason: str) -> None:
        """Give up an intent that the target does not have, and what was set aside for it."""
        given_up = {"state": ExecutionState.CANCELLED, "failure": reason}
        with self._writing("abandon") as connection:
            queries.lock_of(connection, [execution_id])
            queries.advance(connection, [execution_id], ExecutionState.INTENT, given_up)
            entry = to_entry(connection.execute(queries.of_execution(execution_id)).one())
            if entry.abandoned:
                ledger.release(connection, entry)

    def submitted(self, execution_id: ExecutionId, handle: str) -> None:
        """Write down the target's handle; an execution never gets a second one."""
        unsubmitted = sa.and_(
            executions.c.execution_id == execution_id, executions.c.handle.is_(None)
        )
        values = {
            "handle": handle,
            "state": ExecutionState.SUBMITTED,
            "submitted_at": _now(),
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
        }
        with self._writing("completed") as connection:
            queries.advance(connection, [execution_id], ExecutionState.SUBMITTED, values)

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

    def landed_chunks(self, chunks: Sequence[str]) -> frozenset[str]:
        """Return those of `chunks` that are in the lake."""
        there = executions.c.state.in_([ExecutionState.LANDED, ExecutionState.SETTLED])
        known: set[str] = set()
        with self._reading() as connection:
            for start in range(0, len(chunks), AT_ONCE):
                some = executions.c.chunk.in_(chunks[start : start + AT_ONCE])
                found = connection.execute(sa.select(executions.c.chunk).where(there, some))
                known.update(chunk for (chunk,) in found)
        return frozenset(known)

    def landed(self, execution_ids: Sequence[ExecutionId]) -> None:
        """Write down that the counts are in the lake."""
        with self._writing("landed") as connection:
            queries.lock_of(connection, execution_ids)
            for since in (ExecutionState.COMPLETED, ExecutionState.PARTIAL):
                queries.advance(connection, execution_ids, since, {"state": ExecutionState.LANDED})

    def settle(self, execution_ids: Sequence[ExecutionId]) -> None:
        """Enter what was charged in the ledger; what has landed is then settled."""
        with self._writing("settle") as connection:
            queries.lock_of(connection, execution_ids)
            chosen = sa.select(executions).where(executions.c.execution_id.in_(execution_ids))
            for row in connection.execute(chosen).all():
                ledger.settle(connection, to_entry(row))
            settled = {"state": ExecutionState.SETTLED}
            queries.advance(connection, execution_ids, ExecutionState.LANDED, settled)

    def executions(self, run_id: RunId) -> tuple[Entry, ...]:
        """Return a run's executions in the order of their creation."""
        of_run = sa.select(executions).where(executions.c.run_id == run_id)
        order = (executions.c.created_at, executions.c.execution_id)
        with self._reading() as connection:
            return tuple(to_entry(row) for row in connection.execute(of_run.order_by(*order)))

    def execution(self, execution_id: ExecutionId) -> Entry:
        """Return one execution."""
        with self._reading() as connection:
            return to_entry(connection.execute(queries.of_execution(execution_id)).one())

    def meant_at(self, execution_id: ExecutionId) -> datetime:
        """Return when an execution was last written down as an intent."""
        with self._reading() as connection:
            row = connection.execute(queries.of_execution(execution_id)).one()
            return ledger.meant_at(connection, to_entry(row))

    def find_execution(self, execution_id: ExecutionId) -> Entry | None:
        """Return one execution, if there is one of that id."""
        with self._reading() as connection:
            row = connection.execute(queries.of_execution(execution_id)).one_or_none()
        return None if row is None else to_entry(row)

    # Iterations

    def record(self, iteration: Iteration) -> None:
        """Write down a completed iteration; the first writing of it stands."""
        with self._writing("record") as connection:
            insert_once(connection, iterations, iteration_row(iteration))

    def iterations(self, run_id: RunId) -> tuple[Iteration, ...]:
        """Return a run's completed iterations in order."""
        of_run = sa.select(iterations).where(iterations.c.run_id == run_id)
        with self._reading() as connection:
            rows = connection.execute(of_run.order_by(iterations.c.iteration)).all()
        return tuple(to_iteration(row) for row in rows)

    # Money

    def sealed_spend(self, run_id: RunId) -> tuple[tuple[int, tuple[Spend, ...]], ...]:
        """Return a run's ledger in numbered batches that never change; what is new is the last."""
        of_run = sa.select(spend).where(spend.c.run_id == run_id)
        with self._writing("seal") as connection:
            queries.lock(connection, runs.c.run_id == run_id)
            ledger.seal(connection, run_id)
            order = (spend.c.batch, spend.c.at, spend.c.entry_id)
            rows = connection.execute(of_run.order_by(*order)).all()
        batches = groupby(rows, key=lambda row: int(row.batch))
        return tuple((batch, tuple(map(to_spend, members))) for batch, members in batches)

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with storage(self._engine), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self, verb: str) -> Iterator[sa.Connection]:
        with storage(self._engine), writing(self._engine).begin() as connection:
            yield connection
        emit("journal.written", verb=verb)


def _now() -> datetime:
    return datetime.now(UTC)
