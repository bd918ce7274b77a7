"""The SQL of docs/recovery.md says what it is said to say."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from datasets.lake.lake import Lake
from datasets.lake.views import query
from datasets.records.executions import ExecutionState
from datasets.records.runs import RunState
from tasks.run.reconciliation import reconcile
from tests.tasks.execution.fake_target import a_place, a_run, an_execution

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "recovery.md"
QUERIES = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)


def test_the_queries_agree_with_the_journal(tmp_path: Path) -> None:
    shelved = a_place(tmp_path)
    place = replace(shelved, lake=Lake(str(tmp_path / "lake"), tmp_path / "quarantine"))
    journal, target = place.journal, place.backend(a_run())
    journal.begin(a_run())
    for number in range(3):
        journal.intend(an_execution(number), reserve=True)
        handle = target.submit(an_execution(number))
        journal.submitted(an_execution(number).execution_id, handle)
    target.finish("task-0")
    target.end("task-1", ExecutionState.CANCELLED, 5)
    journal.end(a_run().run_id, RunState.FAILED)
    for _ in range(2):
        reconcile(place, within=timedelta(days=1))
    by_tenant, held, lost, remainders = (query(tmp_path / "lake", sql).records() for sql in QUERIES)
    assert by_tenant == [{"tenant": "team", "usd": 0.25}]
    waiting = an_execution(2).execution_id
    assert [(row["execution_id"], row["held_usd"]) for row in held] == [(waiting, 0.2)]
    assert sum(Decimal(str(row["usd"])) for row in lost) == Decimal(
        "0.05"
    )  # the other one is salvaged
    assert remainders == []
    journal.close()
