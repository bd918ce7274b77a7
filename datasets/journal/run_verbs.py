"""What the journal writes down of runs and their iterations."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa

from datasets.journal import queries
from datasets.journal.database import Database, insert_once, next_number
from datasets.journal.rows import (
    iteration_row,
    run_row,
    to_iteration,
    to_run,
)
from datasets.journal.tables import executions, iterations, runs
from datasets.records.executions import RunId
from datasets.records.names import run_beginning
from datasets.records.runs import Iteration, Run, RunState
from tasks.errors import StorageFault, UnknownName

AT_ONCE = 500  # values in a statement, which SQLite limits


class RunVerbs(Database):
    """Runs and iterations."""

    def begin(self, run: Run) -> Run:
        """Write the run down, or mark the one of that id as running again; return what stands.

        What it may do can have changed since: its parameters are the newest ones.
        """
        again = queries.AGAIN | {"parameters": run.parameters}
        with self._writing("begin") as connection:
            row = run_row(run) | {"number": next_number(connection, runs)}
            insert_once(connection, runs, row)
            connection.execute(runs.update().where(runs.c.run_id == run.run_id).values(**again))
            return to_run(connection.execute(queries.of_run(run.run_id)).one())

    def restore(self, run: Run) -> Run:
        """Write a run down as it is known from elsewhere, unless the journal has it."""
        with self._writing("restore") as connection:
            row = run_row(run) | {"number": next_number(connection, runs)}
            insert_once(connection, runs, row)
            return to_run(connection.execute(queries.of_run(run.run_id)).one())

    def unknown(self, run_ids: Sequence[RunId]) -> tuple[RunId, ...]:
        """Return those of the runs that are not written down, each once."""
        known: set[str] = set()
        with self._reading() as connection:
            for start in range(0, len(run_ids), AT_ONCE):
                some = runs.c.run_id.in_(run_ids[start : start + AT_ONCE])
                known.update(connection.execute(sa.select(runs.c.run_id).where(some)).scalars())
        return tuple(one for one in dict.fromkeys(run_ids) if one not in known)

    def quote(self, run_id: RunId, usd: Decimal) -> None:
        """Write down what the run may cost at most."""
        with self._writing("quote") as connection:
            connection.execute(runs.update().where(runs.c.run_id == run_id).values(quote_usd=usd))

    def retarget(self, run_id: RunId, target: str) -> Run:
        """Send a run to another target; one that has something at a target stays there.

        Raises:
            StorageFault: it has.
        """
        with self._writing("retarget") as connection:
            queries.lock(connection, runs.c.run_id == run_id)
            there = sa.select(executions.c.execution_id).where(
                executions.c.run_id == run_id, executions.c.handle.is_not(None)
            )
            if connection.execute(there.limit(1)).first() is not None:
                message = f"Run {run_id} has work at its target, and stays there. Start a new one."
                raise StorageFault(message)
            connection.execute(runs.update().where(runs.c.run_id == run_id).values(target=target))
            return to_run(connection.execute(queries.of_run(run_id)).one())

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
            cost_usd = queries.charged(connection, run_id)
            what_if_usd = queries.what_if(connection, run_id)
            closing = runs.update().where(runs.c.run_id == run_id)
            ending = {"ended_at": _now(), "cost_usd": cost_usd, "what_if_usd": what_if_usd}
            if row.state != state:
                answer = {"state": state, "result": result, "failure": failure}
                connection.execute(closing.values(**ending, **answer))
            elif (row.cost_usd, row.what_if_usd) != (cost_usd, what_if_usd):
                connection.execute(closing.values(**ending))
            return to_run(connection.execute(queries.of_run(run_id)).one())

    def run(self, run_id: str) -> Run:
        """Return a run by its id or an unambiguous beginning of it.

        Raises:
            BadInput: no id begins like that.
            UnknownName: no run, or more than one, begins with that.
        """
        if run_id:  # a variable that was not set names none: say which there are
            run_beginning(run_id)
        beginning = sa.select(runs).where(runs.c.run_id.startswith(run_id, autoescape=True))
        with self._reading() as connection:
            found = connection.execute(beginning.limit(3)).all()
        exact = [row for row in found if row.run_id == run_id]
        if not run_id or (len(found) != 1 and not exact):
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
        newest = sa.select(runs).order_by(runs.c.number.desc(), runs.c.run_id).limit(limit)
        with self._reading() as connection:
            return tuple(to_run(row) for row in connection.execute(newest))

    def runs_of(self, run_ids: Collection[RunId]) -> tuple[Run, ...]:
        """Return the runs of these ids that there are, in the order in which they were opened."""
        wanted = sa.select(runs).where(runs.c.run_id.in_(run_ids)).order_by(runs.c.number)
        with self._reading() as connection:
            return tuple(to_run(row) for row in connection.execute(wanted))

    def unsettled(self) -> tuple[Run, ...]:
        """Return the runs that reconciliation has to visit, oldest first.

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


def _now() -> datetime:
    return datetime.now(UTC)
