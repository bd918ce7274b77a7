"""However many work on a journal at once, each decision is taken once."""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

from datasets.journal.journal import Journal
from datasets.records.executions import ExecutionId, ExecutionState
from datasets.records.runs import Run, RunState
from datasets.records.spend import Spend, SpendKind
from tests.datasets.journal.test_journal import EXECUTION, RUN
from tests.journals import Place, Places

AT_ONCE = 4
NOW = datetime(2026, 5, 5, 13, tzinfo=UTC)
EXECUTIONS = [replace(EXECUTION, execution_id=ExecutionId(f"{i:040x}")) for i in range(8)]
CHARGED = Decimal("0.4")  # less than was set aside

OPEN = """
import sys
from pathlib import Path
from datasets.journal.journal import Journal
where = sys.argv[1]
print("ready", flush=True)
sys.stdin.readline()
Journal.open(where if "://" in where else Path(where)).close()
"""


Meet = Callable[[], object]


def together(place: Place, work: Callable[[Journal, Meet], Any]) -> list[Any]:
    """Have several do the work, each with a journal of its own; they wait where they `meet`."""
    barrier = Barrier(AT_ONCE)

    def one(_: int) -> Any:
        journal = Journal.open(place)
        try:
            return work(journal, barrier.wait)
        except BaseException:
            barrier.abort()
            raise
        finally:
            journal.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def whole_life(journal: Journal, meet: Meet) -> dict[int, tuple[Spend, ...]]:
    """Take each execution from intent to settlement; return the batches that the lake would get."""
    seen: dict[int, tuple[Spend, ...]] = {}
    for execution in EXECUTIONS:
        one = execution.execution_id
        meet()
        journal.intend(execution, reserve=True)
        journal.abandon(one, reason="a test")
        meet()
        journal.intend(execution, reserve=True)
        seen |= dict(journal.sealed_spend(RUN.run_id))
        journal.submitted(one, "handle")
        journal.completed(
            one,
            state=ExecutionState.COMPLETED,
            shots_returned=100,
            started_at=NOW,
            ended_at=NOW,
            calibration_id_end=None,
            charged_usd=CHARGED,
        )
        journal.landed([one])
        meet()
        journal.settle([e.execution_id for e in EXECUTIONS])
        seen |= dict(journal.sealed_spend(RUN.run_id))
        journal.end(RUN.run_id, RunState.COMPLETED)
    return seen


@pytest.mark.slow
def test_money_is_set_aside_spent_and_given_back_once(places: Places) -> None:
    journal = Journal.open(place := places.new())
    journal.begin(RUN)
    observed = together(place, whole_life)
    usd: dict[tuple[str, SpendKind], list[Decimal]] = defaultdict(list)
    batches = dict(journal.sealed_spend(RUN.run_id))
    for entry in (entry for batch in batches.values() for entry in batch):
        usd[entry.execution_id, entry.kind].append(entry.usd)
    for execution in EXECUTIONS:
        reserved, settled, released = (sum(usd[execution.execution_id, k]) for k in SpendKind)
        assert len(usd[execution.execution_id, SpendKind.SETTLE]) == 1
        assert settled == CHARGED
        assert reserved == settled + released
    # What one of them has read as sealed has never changed since.
    assert all(seen.items() <= batches.items() for seen in observed)
    assert journal.run(RUN.run_id).cost_usd == len(EXECUTIONS) * CHARGED
    journal.close()


def begin(journal: Journal, meet: Meet) -> Run:
    meet()
    return journal.begin(RUN)


def test_a_run_that_several_begin_is_one(places: Places) -> None:
    place = places.new()
    begun = together(place, begin)
    assert begun == [RUN] * AT_ONCE


@pytest.mark.slow
def test_a_new_journal_that_several_processes_open_is_made_once(places: Places) -> None:
    place = places.new()
    command = [sys.executable, "-c", OPEN, str(place)]
    pipe = subprocess.PIPE
    opening = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for _ in range(AT_ONCE)
    ]
    for process in opening:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in opening:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate()[1] for process in opening] == [""] * AT_ONCE
    journal = Journal.open(place)
    assert journal.runs() == ()
    journal.close()
