"""Questions and changes that several verbs of the journal have in common."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import sqlalchemy as sa

from datasets.journal import ledger
from datasets.journal.tables import executions, runs
from datasets.journal.tables import ledger as spend
from datasets.records.executions import Execution, ExecutionId, ExecutionState, RunId
from datasets.records.runs import RunState
from tasks.errors import SpendingCapped

# A run that is taken up again has not ended, and has no cost in the end.
AGAIN = {
    "state": RunState.RUNNING,
    "failure": None,
    "ended_at": None,
    "cost_usd": None,
    "what_if_usd": None,
    "cancel_requested_at": None,
}


def of_run(run_id: str) -> sa.Select[tuple[object, ...]]:
    """Return the query of one run."""
    return sa.select(runs).where(runs.c.run_id == run_id)


def of_execution(execution_id: str) -> sa.Select[tuple[object, ...]]:
    """Return the query of one execution."""
    return sa.select(executions).where(executions.c.execution_id == execution_id)


def lock(connection: sa.Connection, chosen: sa.ColumnElement[bool]) -> None:
    """Let no other transaction decide on the chosen runs' money until this one has ended.

    SQLite has nothing to lock: its writing transactions come one after the other.
    """
    found = sa.select(runs.c.run_id).where(chosen).order_by(runs.c.run_id)
    connection.execute(found.with_for_update(key_share=True)).all()


def lock_of(connection: sa.Connection, execution_ids: Iterable[ExecutionId]) -> None:
    """Lock the runs of executions in the same way."""
    of = sa.select(executions.c.run_id).where(executions.c.execution_id.in_(execution_ids))
    lock(connection, runs.c.run_id.in_(of))


def unsettled() -> sa.Select[tuple[object, ...]]:
    """Return the query of runs that reconciliation has to visit, oldest first."""
    may_be_there = executions.c.state.in_([ExecutionState.INTENT, ExecutionState.SUBMITTED])
    working = runs.c.run_id.in_(sa.select(executions.c.run_id).where(may_be_there))
    holding = runs.c.run_id.in_(ledger.holding())
    landing = (runs.c.state != RunState.RUNNING) & runs.c.run_id.in_(ledger.unsealed())
    ending = runs.c.cancel_requested_at.is_not(None)
    ended = runs.c.state.in_([RunState.COMPLETED, RunState.CANCELLED])
    either = working | holding | landing | (ending & ~ended)
    return sa.select(runs).where(either).order_by(runs.c.number, runs.c.run_id)


def advance(
    connection: sa.Connection,
    execution_ids: Iterable[ExecutionId],
    since: ExecutionState,
    values: Mapping[str, object],
) -> None:
    """Move executions on from one state; those in another one are left alone."""
    moved = sa.and_(executions.c.execution_id.in_(execution_ids), executions.c.state == since)
    connection.execute(executions.update().where(moved).values(**values))


def charged(connection: sa.Connection, run_id: RunId) -> Decimal:
    """Return USD that targets have charged a run, as far as they have told."""
    total = sa.select(sa.func.sum(executions.c.charged_usd)).where(executions.c.run_id == run_id)
    return connection.execute(total).scalar() or Decimal(0)


def what_if(connection: sa.Connection, run_id: RunId) -> Decimal:
    """Return what a run's submitted executions would cost in USD where nobody charges (what if)."""
    set_aside = sa.select(spend.c.execution_id).where(spend.c.run_id == run_id)
    free = sa.and_(
        executions.c.run_id == run_id,
        executions.c.handle.is_not(None),
        executions.c.charged_usd.is_(None),
        executions.c.execution_id.not_in(set_aside),
    )
    total = sa.select(sa.func.sum(executions.c.cost_usd)).where(free)
    return connection.execute(total).scalar() or Decimal(0)


def committed(connection: sa.Connection, run_id: RunId) -> Decimal:
    """Return USD that a run has spent or set aside: as charged, or as planned while not known.

    What was given up before a target had it is free again; what nobody charges for never counts.
    """
    given_up = (executions.c.state == ExecutionState.CANCELLED) & executions.c.handle.is_(None)
    bought = sa.and_(
        executions.c.run_id == run_id,
        executions.c.execution_id.in_(ledger.reserved(run_id)),
        ~given_up,
    )
    usd = sa.func.coalesce(executions.c.charged_usd, executions.c.cost_usd)
    total = sa.select(sa.func.sum(usd)).where(bought)
    return connection.execute(total).scalar() or Decimal(0)


def check_cap(connection: sa.Connection, execution: Execution, *, most_usd: Decimal | None) -> None:
    """Refuse an execution for which its run would have set aside more than it may.

    Raises:
        SpendingCapped: so it is.
    """
    if most_usd is None:
        return
    total = committed(connection, execution.run_id)
    if total > most_usd:
        before_usd = total - execution.cost_usd
        raise SpendingCapped(execution.run_id, most_usd, before_usd, execution.cost_usd)
