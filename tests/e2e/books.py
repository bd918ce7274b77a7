"""The figures that must be nothing, from the books of journal, lake and provider."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.e2e.conftest import Command
from tests.e2e.sandbox_process import Sandbox

EXECUTION_TAG = "qrt:execution_id"
MICRO = Decimal("0.000001")
LANDED = """
    select execution_id, sum(count)::bigint as shots,
           count(*) - count(distinct (executable, point, basis, variant, outcome)) as twice,
           any_value(handle) as handle, any_value(shots_requested) as shots_requested,
           any_value(cost_usd) as cost_usd
    from counts left join (select distinct on (execution_id) * from executions)
    using (execution_id) group by execution_id
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a promise that is kept leaves at nothing."""

    tasks_beyond_plan: int = 0
    executions_lost: int = 0
    rows_landed_twice: int = 0
    usd_beyond_plan: Decimal = Decimal(0)
    usd_unsettled: Decimal = Decimal(0)


NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class Planned:
    """An execution as the journal has it; `shots_returned` is None until its outcome is known."""

    execution_id: str
    run_state: str
    state: str
    handle: str | None
    shots: int
    shots_returned: int | None
    cost_usd: Decimal
    charge_usd: Decimal


@dataclass(frozen=True, slots=True)
class Books:
    """The books of one home whose runs were all bought at one sandbox; nothing is running."""

    home: Path
    sandbox: Sandbox
    qrt: Command

    def figures(self) -> Figures:
        """Hold the three books against each other."""
        written = self._written()
        tasks = [task | {"returned": self._returned(task)} for task in self.sandbox.tasks()]
        landed = self._landed()
        planned = written + list(_only_landed(landed, {e.execution_id for e in written}))
        return Figures(
            tasks_beyond_plan=_beyond(planned, tasks),
            executions_lost=_lost(planned, tasks, landed),
            rows_landed_twice=sum(row["twice"] for row in landed.values()),
            usd_beyond_plan=_usd_beyond(planned, Decimal(str(self.sandbox.ask("bill")["usd"]))),
            usd_unsettled=self._usd_unsettled(written),
        )

    def _returned(self, task: dict[str, Any]) -> int:
        """Return the shots that were paid for and can be had: damaged results are nobody's."""
        found = self.sandbox.task(task["quantumTaskArn"])
        returned = int(found.get("numSuccessfulShots") or 0)
        return returned if returned and self.sandbox.has_result(found) else 0

    def _usd_unsettled(self, planned: list[Planned]) -> Decimal:
        """Return how far the ledger is from the charges of runs that have ended."""
        if not planned or any(execution.run_state == "running" for execution in planned):
            return Decimal(0)
        with closing(sqlite3.connect(self.home / "journal.db")) as journal:
            settled = "SELECT coalesce(sum(usd), 0) FROM ledger WHERE kind = 'settle'"
            (micro,) = journal.execute(settled).fetchone()
        charged = sum((execution.charge_usd for execution in planned), Decimal(0))
        return (micro * MICRO - charged).quantize(MICRO)

    def _written(self) -> list[Planned]:
        if not (self.home / "journal.db").exists():
            return []
        query = (
            "SELECT e.execution_id, r.state, e.state, e.handle, e.shots, e.shots_returned,"
            " e.cost_usd, coalesce(e.charged_usd, 0) FROM executions e JOIN runs r USING (run_id)"
        )
        with sqlite3.connect(self.home / "journal.db") as journal:
            found = journal.execute(query).fetchall()
        journal.close()
        return [Planned(*row[:-2], row[-2] * MICRO, row[-1] * MICRO) for row in found]

    def _landed(self) -> dict[str, dict[str, Any]]:
        if not (self.home / "lake" / "counts").exists():
            return {}
        ran = self.qrt("query", LANDED, "--json", QRT_HOME=str(self.home))
        assert ran.code == 0, ran.err
        return {row["execution_id"]: row for row in ran.answer}


def _only_landed(landed: dict[str, dict[str, Any]], written: set[str]) -> Iterator[Planned]:
    """Yield the executions of runs that ended before the journal was lost."""
    for execution_id, row in landed.items():
        if execution_id not in written:
            usd = Decimal(str(row["cost_usd"]))
            shots = (row["shots_requested"], row["shots"])
            yield Planned(execution_id, "completed", "settled", row["handle"], *shots, usd, usd)


def _beyond(planned: list[Planned], tasks: list[dict[str, Any]]) -> int:
    """Count the tasks that no execution stands for, and every second one of the same."""
    bought = Counter(task.get("tags", {}).get(EXECUTION_TAG) for task in tasks)
    known = {execution.execution_id for execution in planned}
    return sum(n - (name in known) for name, n in bought.items())


def _lost(
    planned: list[Planned], tasks: list[dict[str, Any]], landed: dict[str, dict[str, Any]]
) -> int:
    """Count the handles that stand for no task, and the tasks whose counts are not in the lake.

    Whatever the journal says of them: who paid for a task is to find all that came back of it.
    """
    there = {task["quantumTaskArn"] for task in tasks}
    lost = sum(e.handle is not None and e.handle not in there for e in planned)
    for task in tasks:
        shots = landed.get(task.get("tags", {}).get(EXECUTION_TAG), {}).get("shots", 0)
        lost += shots != task["returned"]
    return lost


def _usd_beyond(planned: list[Planned], bill_usd: Decimal) -> Decimal:
    """Return how far the bill is from what the journal's executions come to.

    Those whose outcome the journal does not know yet may be on the bill or not.
    """
    open_usd = sum((e.cost_usd for e in planned if e.shots_returned is None), Decimal(0))
    known = [execution.charge_usd for execution in planned if execution.shots_returned is not None]
    least = sum(known, Decimal(0))
    nearest = min(max(bill_usd, least), least + open_usd)
    return (bill_usd - nearest).quantize(MICRO)
