"""A journal of any version becomes one of today, and keeps what was in it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from datasets.journal.database import behind
from datasets.journal.engines import open_engine, writing
from datasets.journal.journal import Journal
from datasets.journal.migration import VERSION, upgrade, version
from datasets.journal.tables import metadata
from datasets.records.executions import ExecutionId, ExecutionState
from datasets.records.runs import Iteration, Run, RunState
from datasets.records.spend import SpendKind
from datasets.records.states import DeviceState, Standing
from tasks.core.progress.events import Event, listening
from tasks.errors import BadInput
from tests.datasets.journal.test_journal import EXECUTION, RUN
from tests.journals import Places

AT_ONCE = 4
NOW = datetime(2026, 5, 5, 13, 0, 0, 1, tzinfo=UTC)
ENDED = replace(
    RUN,
    run_id=RUN.run_id.replace("a", "e"),  # type: ignore[arg-type]
    state=RunState.COMPLETED,
    ended_at=NOW,
    quote_usd=Decimal("1.5"),
    cost_usd=Decimal("0.445"),
    result='{"energy": -1.1}',
)
SETTLED_ID = ExecutionId("f" * 40)
ITERATION = Iteration(RUN.run_id, 0, ((0.1, -2.5),), ((-1.1, 0.02),), 100, Decimal("0.445"), 1.5)

# As the release with schema 0001 wrote them, in the columns that it had.
RUNS: list[dict[str, object]] = [
    {
        "run_id": run.run_id,
        "flow": run.flow,
        "tenant": run.tenant,
        "target": run.target,
        "state": run.state,
        "seed": run.seed,
        "parameters": run.parameters,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "quote_usd": None if run.quote_usd is None else 1_500_000,
        "cost_usd": None if run.cost_usd is None else 445_000,
        "result": run.result,
        "failure": run.failure,
    }
    for run in (RUN, ENDED)
]
IN_FLIGHT: dict[str, object] = {
    "execution_id": EXECUTION.execution_id,
    "run_id": RUN.run_id,
    "target": "local:sv",
    "state": "submitted",
    "purpose": "iteration",
    "iteration": 0,
    "action": EXECUTION.action,
    "executables": '[[0, "ZZ", "raw", 2], [0, "XX", "zne:3", 1]]',
    "seed": EXECUTION.seed,
    "shots": 100,
    "compiled_id": "c" * 64,
    "calibration_id": "d" * 64,
    "cost_usd": 445_000,
    "handle": "handle",
    "created_at": NOW,
    "submitted_at": NOW,
}
SETTLED = IN_FLIGHT | {"execution_id": SETTLED_ID, "run_id": ENDED.run_id, "state": "settled"}
ITERATIONS: list[dict[str, object]] = [
    {
        "run_id": RUN.run_id,
        "iteration": 0,
        "points": "[[0.1, -2.5]]",
        "energies": "[[-1.1, 0.02]]",
        "shots": 100,
        "cost_usd": 445_000,
        "elapsed_s": 1.5,
    }
]


@pytest.fixture
def engine(places: Places) -> Iterator[sa.Engine]:
    opened = open_engine(places.new())
    yield opened
    opened.dispose()


@pytest.fixture
def first(engine: sa.Engine) -> sa.Engine:
    """Return a journal of the first version with work in flight."""
    upgrade(engine, to="0001")
    rows = {"runs": RUNS, "executions": [IN_FLIGHT, SETTLED], "iterations": ITERATIONS}
    with writing(engine).begin() as connection:
        for name, written in rows.items():
            table = sa.Table(name, sa.MetaData(), autoload_with=connection)
            for row in written:
                connection.execute(table.insert(), row)
    return engine


def where(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_what_the_first_version_wrote_reads_back(first: sa.Engine) -> None:
    journal = Journal.open(where(first))
    runs: dict[str, Run] = {run.run_id: run for run in journal.runs()}
    # What has begun goes on with the random numbers that it began with.
    # Nobody was charged for what was simulated: its price is what it would have cost.
    ended = replace(ENDED, cost_usd=Decimal(0), what_if_usd=ENDED.cost_usd)
    assert runs == {run.run_id: replace(run, streams=1) for run in (RUN, ended)}
    (entry,) = journal.executions(RUN.run_id)
    assert entry.execution == EXECUTION
    assert (entry.state, entry.handle) == (ExecutionState.SUBMITTED, "handle")
    assert (entry.created_at, entry.charged_usd) == (NOW, None)
    assert journal.execution(SETTLED_ID).state is ExecutionState.SETTLED
    assert journal.iterations(RUN.run_id) == (ITERATION,)
    assert journal.sealed_spend(RUN.run_id) == ()
    journal.close()


def test_what_was_in_flight_under_the_first_version_is_completed_and_settled(
    first: sa.Engine,
) -> None:
    journal = Journal.open(where(first))
    one = EXECUTION.execution_id
    assert journal.begin(RUN) == replace(RUN, streams=1)
    assert journal.intend(EXECUTION, reserve=True).handle == "handle"
    journal.completed(
        one,
        state=ExecutionState.COMPLETED,
        shots_returned=100,
        started_at=NOW,
        ended_at=NOW,
        calibration_id_end=None,
        charged_usd=Decimal("0.4"),
    )
    journal.landed([one])
    journal.settle([one])
    assert journal.execution(one).state is ExecutionState.SETTLED
    ((_, entries),) = journal.sealed_spend(RUN.run_id)
    assert {entry.kind: entry.usd for entry in entries} == {
        SpendKind.RESERVE: Decimal("0.4"),
        SpendKind.SETTLE: Decimal("0.4"),
    }
    assert journal.end(RUN.run_id, RunState.COMPLETED).cost_usd == Decimal("0.4")
    journal.close()


def test_devices_are_healthy_under_a_journal_that_said_nothing_of_them(first: sa.Engine) -> None:
    upgrade(first, to="0003")
    journal = Journal.open(where(first))
    assert journal.standing("emulator:garnet", now=NOW) == Standing("emulator:garnet")
    assert (journal.standings(now=NOW), journal.audited()) == ((), ())
    degraded = Standing("emulator:garnet", DeviceState.DEGRADED, "it drifts", None, "drift", NOW)
    assert journal.stand(degraded) == degraded
    journal.close()


def differences(engine: sa.Engine) -> list[object]:
    """Return what Alembic would change to make the database like the tables in code."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


@pytest.mark.parametrize("since", [None, "0001", "0002", "0003", "0004"])
def test_the_migrations_make_the_tables_that_the_code_knows(
    engine: sa.Engine, since: str | None
) -> None:
    if since:
        upgrade(engine, to=since)
        assert differences(engine)
    Journal.open(where(engine)).close()
    assert differences(engine) == []
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
    assert found == VERSION


@pytest.mark.parametrize(
    "change",
    [
        "DROP INDEX ix_ledger_run_id",
        "ALTER TABLE runs ADD COLUMN mood TEXT",
        "ALTER TABLE runs DROP COLUMN failure",
        "DROP TABLE ledger",
        "DROP INDEX ix_audit_subject",
        "ALTER TABLE device_states DROP COLUMN until",
    ],
)
def test_a_table_that_differs_is_noticed(engine: sa.Engine, change: str) -> None:
    upgrade(engine, to="head")
    with writing(engine).begin() as connection:
        connection.execute(sa.text(change))
    assert len(differences(engine)) >= 1


@pytest.mark.parametrize("number", ["9999", "0004a", "a1b2c3d4e5f6", ""])
def test_a_newer_journal_is_refused(engine: sa.Engine, number: str) -> None:
    Journal.open(where(engine)).close()
    with writing(engine).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": number})
    with pytest.raises(BadInput, match=f"The journal at .* has schema {number}"):
        Journal.open(where(engine))
    with pytest.raises(BadInput, match=f"The journal at .* has schema {number}"):
        behind(where(engine))


def test_what_is_to_be_added_is_said_and_nothing_is_written(first: sa.Engine) -> None:
    number, steps = behind(where(first)) or ("", ())
    assert number == "0001"
    assert len(steps) == int(VERSION) - 1
    assert steps[0].startswith("The ledger")
    assert version(first) == "0001"
    Journal.open(where(first)).close()
    assert behind(where(first)) is None


def test_an_upgraded_file_is_kept_as_it_was(first: sa.Engine) -> None:
    if first.dialect.name != "sqlite":
        pytest.skip("a server's owner backs it up")
    told: list[Event] = []
    with listening(told.append):
        Journal.open(where(first)).close()
        Journal.open(where(first)).close()
    (kept,) = [event.fields["kept"] for event in told if event.name == "journal.upgraded"]
    old = sa.create_engine(f"sqlite:///{kept}")
    assert version(old) == "0001"
    with old.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM runs")).scalar() == len(RUNS)
    old.dispose()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not list(kept.parent.glob(".*.tmp"))


def test_a_file_that_many_open_at_once_is_kept_once(first: sa.Engine) -> None:
    if first.dialect.name != "sqlite":
        pytest.skip("a server's owner backs it up")
    barrier = Barrier(AT_ONCE)

    def opened(_: int) -> None:
        barrier.wait()
        Journal.open(where(first)).close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(opened, range(AT_ONCE)))
    path = Path(where(first).removeprefix("sqlite:"))
    assert len(list(path.parent.glob(f"{path.name}-0001-*.backup"))) == 1
    assert list(path.parent.glob(".*")) == []


def test_what_a_killed_upgrade_has_left_is_removed_by_the_next(first: sa.Engine) -> None:
    if first.dialect.name != "sqlite":
        pytest.skip("a server's owner backs it up")
    path = Path(where(first).removeprefix("sqlite:"))
    for end in (".tmp", ".tmp-journal"):
        path.with_name(f".{path.name}-0001-20260505T130000000001.backup{end}").touch()
    path.with_name(f".{path.name}.upgrade").touch()
    Journal.open(where(first)).close()
    assert list(path.parent.glob(".*")) == []
    assert behind(where(first)) is None
