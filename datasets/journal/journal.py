"""The write-ahead journal: what was meant, what the target has, what came back.

Every verb is one transaction and may be called again with the same arguments.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from datasets.journal.migration import migrate
from datasets.journal.rows import (
    Entry,
    execution_row,
    iteration_row,
    run_row,
    to_entry,
    to_iteration,
    to_run,
)
from datasets.journal.tables import executions, iterations, runs
from datasets.records.executions import Execution, ExecutionId, ExecutionState, RunId
from datasets.records.runs import Iteration, Run, RunState
from tasks.core.events import emit
from tasks.errors import StorageFault, UnknownName

# A run that is taken up again has not ended, and has no cost in the end.
AGAIN = {"state": RunState.RUNNING, "failure": None, "ended_at": None, "cost_usd": None}


class Journal:
    """Runs, executions and iterations behind one SQLAlchemy engine; safe to share by threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, location: Path | str) -> "Journal":
        """Open the journal at a path (SQLite) or a database URL, bringing its schema up to date.

        Raises:
            StorageFault: it cannot be opened, or is newer than this release.
        """
        url = f"sqlite:///{location}" if isinstance(location, Path) else location
        engine = sa.create_engine(url)
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _durable)
        with _storage(str(location)):
            migrate(engine)
        return cls(engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # Runs

    def begin(self, run: Run) -> Run:
        """Write the run down, or mark the one of that id as running again; return what stands."""
        with self._writing("begin") as connection:
            row = connection.execute(_run_query(run.run_id)).one_or_none()
            if row is None:
                connection.execute(runs.insert(), run_row(run))
            else:
                again = runs.update().where(runs.c.run_id == run.run_id)
                connection.execute(again.values(**AGAIN))
            return to_run(connection.execute(_run_query(run.run_id)).one())

    def quote(self, run_id: RunId, usd: Decimal) -> None:
        """Write down what the run was expected to cost."""
        with self._writing("quote") as connection:
            connection.execute(runs.update().where(runs.c.run_id == run_id).values(quote_usd=usd))

    def end(
        self,
        run_id: RunId,
        state: RunState,
        *,
        result: str | None = None,
        failure: str | None = None,
    ) -> Run:
        """Close a run; a closed run keeps its first ending time for that state."""
        with self._writing("end") as connection:
            row = connection.execute(_run_query(run_id)).one()
            if row.state != state:
                spent = _spent(connection, run_id)
                ended = {"state": state, "ended_at": _now(), "cost_usd": spent}
                answer = {"result": result, "failure": failure}
                closing = runs.update().where(runs.c.run_id == run_id)
                connection.execute(closing.values(**ended, **answer))
            return to_run(connection.execute(_run_query(run_id)).one())

    def run(self, run_id: str) -> Run:
        """Return a run by its id or an unambiguous beginning of it.

        Raises:
            UnknownName: no run, or more than one, begins with that.
        """
        beginning = sa.select(runs).where(runs.c.run_id.startswith(run_id, autoescape=True))
        with self._begin() as connection:
            found = connection.execute(beginning.limit(3)).all()
        exact = [row for row in found if row.run_id == run_id]
        if len(found) != 1 and not exact:
            known = [row.run_id for row in found] or [r.run_id for r in self.runs(limit=3)]
            raise UnknownName("run", run_id, known or ["none yet: start one with `qrt vqe`"])
        return to_run((exact or found)[0])

    def runs(self, *, limit: int = 50) -> tuple[Run, ...]:
        """Return the newest runs first."""
        newest = sa.select(runs).order_by(runs.c.started_at.desc(), runs.c.run_id).limit(limit)
        with self._begin() as connection:
            return tuple(to_run(row) for row in connection.execute(newest))

    # Executions

    def intend(self, execution: Execution) -> Entry:
        """Write the execution down before anything is asked of the target; return what stands."""
        with self._writing("intend") as connection:
            row = connection.execute(_execution_query(execution.execution_id)).one_or_none()
            if row is None:
                connection.execute(executions.insert(), execution_row(execution))
                row = connection.execute(_execution_query(execution.execution_id)).one()
            return to_entry(row)

    def submitted(self, execution_id: ExecutionId, handle: str) -> None:
        """Write down the target's handle; an execution never gets a second one."""
        unsubmitted = sa.and_(
            executions.c.execution_id == execution_id, executions.c.handle.is_(None)
        )
        values = {
            "handle": handle,
            "state": ExecutionState.SUBMITTED,
            "submitted_at": _now(),
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
        calibration_id_end: str,
        failure: str | None = None,
    ) -> None:
        """Write down how the target ended the execution; a later state is left alone."""
        values = {
            "state": state,
            "shots_returned": shots_returned,
            "started_at": started_at,
            "ended_at": ended_at,
            "calibration_id_end": calibration_id_end,
            "failure": failure,
        }
        self._advance([execution_id], ExecutionState.SUBMITTED, values)

    def landed(self, execution_ids: list[ExecutionId]) -> None:
        """Write down that the counts are in the lake."""
        values = {"state": ExecutionState.LANDED}
        for since in (ExecutionState.COMPLETED, ExecutionState.PARTIAL):
            self._advance(execution_ids, since, values)

    def settled(self, execution_ids: list[ExecutionId]) -> None:
        """Write down that the cost is in the books."""
        self._advance(execution_ids, ExecutionState.LANDED, {"state": ExecutionState.SETTLED})

    def executions(self, run_id: RunId) -> tuple[Entry, ...]:
        """Return a run's executions in the order of their creation."""
        of_run = sa.select(executions).where(executions.c.run_id == run_id)
        order = (executions.c.created_at, executions.c.execution_id)
        with self._begin() as connection:
            return tuple(to_entry(row) for row in connection.execute(of_run.order_by(*order)))

    def execution(self, execution_id: ExecutionId) -> Entry:
        """Return one execution."""
        with self._begin() as connection:
            return to_entry(connection.execute(_execution_query(execution_id)).one())

    # Iterations

    def record(self, iteration: Iteration) -> None:
        """Write down a completed iteration; the first writing of it stands."""
        key = sa.and_(
            iterations.c.run_id == iteration.run_id,
            iterations.c.iteration == iteration.iteration,
        )
        with self._writing("record") as connection:
            if connection.execute(sa.select(iterations.c.iteration).where(key)).first() is None:
                connection.execute(iterations.insert(), iteration_row(iteration))

    def iterations(self, run_id: RunId) -> tuple[Iteration, ...]:
        """Return a run's completed iterations in order."""
        of_run = sa.select(iterations).where(iterations.c.run_id == run_id)
        with self._begin() as connection:
            rows = connection.execute(of_run.order_by(iterations.c.iteration)).all()
        return tuple(to_iteration(row) for row in rows)

    def _advance(
        self, execution_ids: list[ExecutionId], since: ExecutionState, values: Mapping[str, object]
    ) -> None:
        moved = sa.and_(executions.c.execution_id.in_(execution_ids), executions.c.state == since)
        with self._writing(str(values["state"])) as connection:
            connection.execute(executions.update().where(moved).values(**values))

    @contextmanager
    def _writing(self, verb: str) -> Iterator[sa.Connection]:
        """Commit what the block writes, then tell whoever listens."""
        with self._begin() as connection:
            yield connection
        emit("journal.written", verb=verb)

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        with _storage(str(self._engine.url.database)), self._engine.begin() as connection:
            yield connection


@contextmanager
def _storage(location: str) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        message = (
            f"The journal at {location} cannot be used: {error.orig}. "
            "Check the space and rights there, or set QRT_HOME to another folder."
        )
        raise StorageFault(message) from error


def _durable(connection: object, record: ConnectionPoolEntry) -> None:
    del record
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DB-API connection
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an intent must outlive a power cut
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _run_query(run_id: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(runs).where(runs.c.run_id == run_id)


def _execution_query(execution_id: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(executions).where(executions.c.execution_id == execution_id)


def _spent(connection: sa.Connection, run_id: RunId) -> Decimal:
    bought = sa.and_(executions.c.run_id == run_id, executions.c.handle.is_not(None))
    total = sa.select(sa.func.sum(executions.c.cost_usd)).where(bought)
    return connection.execute(total).scalar() or Decimal(0)
