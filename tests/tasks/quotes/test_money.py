"""What was charged and what it would cost where nobody charges are two figures, everywhere."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.home import Home
from datasets.journal.journal import Journal
from datasets.lake.lake import Lake
from datasets.lake.views import query
from datasets.records.executions import ExecutionState
from datasets.records.runs import Run, RunState
from datasets.records.spend import SpendKind
from tasks.context.runtime import Runtime
from tasks.core.money.charges import money_of, told_money
from tasks.quotes.record import told_costs
from tasks.rows.rows import execution_row
from tasks.run.closing import close
from tests.tasks.execution.fake_target import NOW, a_journal, a_run, an_execution

pytestmark = pytest.mark.slow

USD = st.decimals(0, 100, places=2)
PARTS = st.lists(st.tuples(st.booleans(), USD, USD), max_size=4)


def work(journal: Journal, run: Run, *, part: int, sold: bool, usd: Decimal, paid: Decimal) -> None:
    """Plan, run and land an execution; one that is sold is charged `paid`."""
    target = "braket:garnet" if sold else "emulator:garnet"
    made = replace(an_execution(part, run=run), target=target, cost_usd=usd)
    journal.intend(made, reserve=sold)
    journal.submitted(made.execution_id, f"handle {part}")
    journal.completed(
        made.execution_id,
        state=ExecutionState.COMPLETED,
        shots_returned=1,
        started_at=NOW,
        ended_at=NOW + timedelta(seconds=1),
        calibration_id_end=None,
        charged_usd=paid if sold else None,
    )
    journal.landed([made.execution_id])


@settings(max_examples=10)
@given(st.lists(PARTS, max_size=3))
def test_what_runs_cost_is_what_the_ledger_has_settled_for_any_mixture(
    every: list[list[tuple[bool, Decimal, Decimal]]],
) -> None:
    with TemporaryDirectory() as folder:
        home, journal = Home(Path(folder)), a_journal()
        lake = Lake(home.lake, home.quarantine)
        what_if, charged = Decimal(0), Decimal(0)
        for number, parts in enumerate(every):
            run = a_run(number)
            journal.begin(run)
            for part, (sold, usd, paid) in enumerate(parts):
                work(journal, run, part=part, sold=sold, usd=usd, paid=paid)
                what_if += Decimal(0) if sold else usd
                charged += paid if sold else Decimal(0)
            # Closing a completed run asks backends to let go of results: failed ones keep them.
            close(run.run_id, RunState.FAILED, runtime=Runtime(home, journal, lake), failure="x")
        closed = journal.runs()
        settled = [
            entry.usd
            for run in closed
            for _, batch in journal.sealed_spend(run.run_id)
            for entry in batch
            if entry.kind is SpendKind.SETTLE
        ]
        assert sum((run.cost_usd or Decimal(0) for run in closed), Decimal(0)) == sum(settled)
        assert sum((run.what_if_usd or Decimal(0) for run in closed), Decimal(0)) == what_if
        sums = "SELECT coalesce(sum(cost_usd), 0), coalesce(sum(what_if_usd), 0) FROM runs"
        spent = "SELECT coalesce(sum(usd), 0) FROM spend WHERE kind = 'settle'"
        assert query(home.lake, sums).rows == ((charged, what_if),)
        assert query(home.lake, spent).rows == ((charged,),)
        entries = [entry for run in closed for entry in journal.executions(run.run_id)]
        rows = [execution_row(entry) for entry in entries]
        assert sum((row["cost_usd"] for row in rows), Decimal(0)) == charged
        assert sum((row["what_if_usd"] for row in rows), Decimal(0)) == what_if
        assert told_costs(entries) == {"cost_usd": float(charged), "what_if_usd": float(what_if)}
        journal.close()


@pytest.mark.parametrize(
    ("answer", "money", "words"),
    [
        (
            {"cost_usd": 0.0, "what_if_usd": 29028.84, "target": "emulator:garnet"},
            (0.0, 29028.84),
            "nothing charged; 29,028.84 USD what if on the real device",
        ),
        (
            {"cost_usd": 1.5, "what_if_usd": 0.0, "target": "braket:x"},
            (1.5, 0.0),
            "1.50 USD charged",
        ),
        # Answers of earlier releases have one sum for both.
        (
            {"cost_usd": 2.0, "target": "emulator:garnet", "bill": []},
            (0.0, 2.0),
            "nothing charged; 2.00 USD what if on the real device",
        ),
        ({"cost_usd": 2.0, "target": "braket:x"}, (2.0, 0.0), "2.00 USD charged"),
        (
            {"cost_usd": 5.0, "target": "local:sv, braket:x", "bill": [{"usd": 3.0}]},
            (3.0, 2.0),
            "3.00 USD charged; 2.00 USD what if on the real device",
        ),
        ({"cost_usd": 0.0, "target": "local:sv"}, (0.0, 0.0), "0.00 USD charged"),
    ],
)
def test_an_answer_of_any_release_says_both(
    answer: dict[str, object], money: tuple[float, float], words: str
) -> None:
    assert money_of(answer) == money
    assert told_money(answer) == words
