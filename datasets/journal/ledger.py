"""The ledger within a transaction: what an execution has set aside, spent and given back.

An entry's id follows from its execution, kind and number: the same one cannot be written twice.
"""

from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa

from datasets.journal.rows import Entry
from datasets.journal.tables import ledger, runs
from datasets.records.executions import RunId
from datasets.records.spend import SpendKind
from tasks.core.identity import digest

ENTRY_ID_LENGTH = 40


def reserve(connection: sa.Connection, entry: Entry) -> None:
    """Set the planned cost aside, unless it is or has been spent."""
    if outstanding(connection, entry) == 0:
        _write(connection, entry, SpendKind.RESERVE, entry.execution.cost_usd)


def settle(connection: sa.Connection, entry: Entry) -> None:
    """Spend what was charged and give back the rest of what is set aside."""
    charged = entry.charged_usd
    if charged is None or _count(connection, entry, SpendKind.SETTLE):
        return
    held = outstanding(connection, entry)
    # Simulators are billed by their time, which is known afterwards.
    _write(connection, entry, SpendKind.RESERVE, max(charged - held, Decimal(0)))
    _write(connection, entry, SpendKind.SETTLE, charged)
    _write(connection, entry, SpendKind.RELEASE, max(held - charged, Decimal(0)))


def release(connection: sa.Connection, entry: Entry) -> None:
    """Give back all that is set aside."""
    _write(connection, entry, SpendKind.RELEASE, outstanding(connection, entry))


def outstanding(connection: sa.Connection, entry: Entry) -> Decimal:
    """Return USD that are set aside and neither spent nor given back."""
    of_kind = sa.select(ledger.c.kind, sa.func.sum(ledger.c.usd))
    by_kind = of_kind.where(_of(entry)).group_by(ledger.c.kind)
    total = {kind: Decimal(usd) for kind, usd in connection.execute(by_kind)}
    reserved = total.pop(SpendKind.RESERVE, Decimal(0))
    return reserved - sum(total.values(), Decimal(0))


def seal(connection: sa.Connection, run_id: RunId) -> None:
    """Seal the new entries of a run's ledger as the next batch for the lake."""
    of_run = ledger.c.run_id == run_id
    last = connection.execute(sa.select(sa.func.max(ledger.c.batch)).where(of_run)).scalar()
    new = ledger.update().where(of_run, ledger.c.batch.is_(None))
    connection.execute(new.values(batch=0 if last is None else last + 1))


def holding() -> sa.Select[tuple[str]]:
    """Return the query of runs with something set aside and neither spent nor given back."""
    signed = sa.case((ledger.c.kind == SpendKind.RESERVE, ledger.c.usd), else_=-ledger.c.usd)
    by_run = sa.select(ledger.c.run_id).group_by(ledger.c.run_id)
    return by_run.having(sa.func.sum(sa.type_coerce(signed, sa.BigInteger)) != 0)


def reserved(run_id: RunId) -> sa.Select[tuple[str]]:
    """Return the query of a run's executions for which money was ever set aside."""
    of_run = sa.and_(ledger.c.run_id == run_id, ledger.c.kind == SpendKind.RESERVE)
    return sa.select(ledger.c.execution_id).where(of_run)


def unsealed() -> sa.Select[tuple[str]]:
    """Return the query of runs with entries that are in no batch yet."""
    return sa.select(ledger.c.run_id).where(ledger.c.batch.is_(None))


def _of(entry: Entry) -> sa.ColumnElement[bool]:
    """Return which entries are the execution's; its run is named because it has an index."""
    execution = entry.execution
    of_run = ledger.c.run_id == execution.run_id
    return sa.and_(of_run, ledger.c.execution_id == execution.execution_id)


def _count(connection: sa.Connection, entry: Entry, kind: SpendKind) -> int:
    alike = sa.and_(_of(entry), ledger.c.kind == kind)
    return connection.execute(sa.select(sa.func.count()).where(alike)).scalar_one()


def _write(connection: sa.Connection, entry: Entry, kind: SpendKind, usd: Decimal) -> None:
    if usd == 0:
        return
    execution = entry.execution
    number = _count(connection, entry, kind)
    payer = sa.select(runs.c.tenant).where(runs.c.run_id == execution.run_id)
    row = {
        "entry_id": digest([execution.execution_id, kind, number])[:ENTRY_ID_LENGTH],
        "run_id": execution.run_id,
        "tenant": connection.execute(payer).scalar_one(),
        "execution_id": execution.execution_id,
        "kind": kind,
        "usd": usd,
        "at": datetime.now(UTC),
    }
    connection.execute(ledger.insert(), row)
