"""The ledger adds up, whatever happens in which order and however often."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from datasets.journal.journal import Journal
from datasets.records.executions import Execution, ExecutionState
from datasets.records.spend import Spend, SpendKind
from tests.tasks.execution.fake_target import NOW, a_journal, a_run, an_execution, costing

RUN = a_run()
COSTS = ("0.30", "8.300001", "0")
EXECUTIONS = [costing(an_execution(i), usd) for i, usd in enumerate(COSTS)]
CHARGES = ("0", "0.30", "0.000001", "12")
ENDS = (ExecutionState.COMPLETED, ExecutionState.PARTIAL, ExecutionState.FAILED)

steps = st.tuples(
    st.sampled_from(["intend", "submitted", "completed", "landed", "settle", "abandon", "seal"]),
    st.sampled_from(EXECUTIONS),
    st.sampled_from(CHARGES),
    st.sampled_from(ENDS),
)


def take(
    journal: Journal, verb: str, execution: Execution, usd: str, state: ExecutionState
) -> None:
    one = execution.execution_id
    if verb == "intend":
        journal.intend(execution, reserve=True)
    elif journal.find_execution(one) is None:
        return
    elif verb == "submitted":
        journal.submitted(one, f"handle of {one}")
    elif verb == "completed":
        end = {"started_at": NOW, "ended_at": NOW, "calibration_id_end": None}
        charged = Decimal(usd)
        journal.completed(one, state=state, shots_returned=1, charged_usd=charged, **end)  # type: ignore[arg-type]
    elif verb == "landed":
        journal.landed([one])
    elif verb == "settle":
        journal.settle([one])
    elif verb == "abandon":
        journal.abandon(one, reason="it was not there")
    else:
        journal.sealed_spend(RUN.run_id)


def totals(entries: list[Spend]) -> dict[SpendKind, Decimal]:
    found: dict[SpendKind, Decimal] = defaultdict(Decimal)
    for entry in entries:
        assert entry.usd > 0
        found[entry.kind] += entry.usd
    return found


@given(st.lists(steps, max_size=40))
def test_in_any_order_and_however_often_the_ledger_adds_up(
    taken: list[tuple[str, Execution, str, ExecutionState]],
) -> None:
    journal = a_journal()
    journal.begin(RUN)
    before: list[tuple[int, tuple[Spend, ...]]] = []
    for verb, execution, usd, state in taken:
        take(journal, verb, execution, usd, state)
        batches = list(journal.sealed_spend(RUN.run_id))
        assert batches[: len(before)] == before  # entries and batches never change
        assert [number for number, _ in batches] == list(range(len(batches)))
        before = batches
    entries = [entry for _, members in before for entry in members]
    assert len({entry.entry_id for entry in entries}) == len(entries)
    for execution in EXECUTIONS:
        check_adds_up(
            journal, execution, [e for e in entries if e.execution_id == execution.execution_id]
        )
    journal.close()


def check_adds_up(journal: Journal, execution: Execution, entries: list[Spend]) -> None:
    entry = journal.find_execution(execution.execution_id)
    found = totals(entries)
    held = found[SpendKind.RESERVE] - found[SpendKind.SETTLE] - found[SpendKind.RELEASE]
    if entry is None:
        assert not entries
        return
    assert held >= 0
    assert all(spend.tenant == "team" for spend in entries)
    settled = found[SpendKind.SETTLE] or entry.state is ExecutionState.SETTLED
    if settled:
        assert held == 0
        assert found[SpendKind.SETTLE] == entry.charged_usd
    elif entry.abandoned:
        assert held == 0
    elif entry.state is ExecutionState.INTENT:
        assert held == execution.cost_usd


@given(st.integers(1, 4))
def test_what_is_given_up_and_meant_again_is_set_aside_again(times: int) -> None:
    journal, execution = a_journal(), EXECUTIONS[0]
    journal.begin(RUN)
    for _ in range(times):
        journal.intend(execution, reserve=True)
        journal.intend(execution, reserve=True)
        journal.abandon(execution.execution_id, reason="it was not there")
        journal.abandon(execution.execution_id, reason="it was not there")
    journal.intend(execution, reserve=True)
    ((_, entries),) = journal.sealed_spend(RUN.run_id)
    kinds = [entry.kind for entry in entries]
    assert kinds == [SpendKind.RESERVE, SpendKind.RELEASE] * times + [SpendKind.RESERVE]
    journal.close()


def test_where_nobody_charges_nothing_is_set_aside() -> None:
    journal, execution = a_journal(), EXECUTIONS[0]
    journal.begin(RUN)
    journal.intend(execution)
    journal.submitted(execution.execution_id, "handle")
    journal.settle([execution.execution_id])
    assert journal.sealed_spend(RUN.run_id) == ()
    journal.close()


def test_runs_with_books_that_are_not_in_the_lake_are_looked_after_until_they_are() -> None:
    from datasets.records.runs import RunState

    journal, execution = a_journal(), EXECUTIONS[0]
    journal.begin(RUN)
    journal.intend(execution, reserve=True)
    journal.abandon(execution.execution_id, reason="it was not there")
    assert journal.unsettled() == ()  # whoever works on it lands them
    journal.end(RUN.run_id, RunState.FAILED)
    assert [run.run_id for run in journal.unsettled()] == [RUN.run_id]
    journal.sealed_spend(RUN.run_id)
    assert journal.unsettled() == ()
    journal.close()
