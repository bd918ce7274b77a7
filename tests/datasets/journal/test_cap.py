"""A run never sets aside or spends more than it may, whatever happens in which order."""

from contextlib import suppress
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.executions import ExecutionState
from tasks.errors import SpendingCapped
from tests.tasks.execution.fake_target import NOW, a_journal, a_run, an_execution, costing

RUN = a_run()
COSTS = st.decimals(min_value="0.000001", max_value="9", places=6)


@given(st.lists(st.tuples(COSTS, st.integers(0, 3), st.booleans()), max_size=15), COSTS)
def test_what_is_charged_stays_within_the_cap(
    wanted: list[tuple[Decimal, int, bool]], cap: Decimal
) -> None:
    journal, numbers = a_journal(), count()
    journal.begin(RUN)
    charged = Decimal(0)
    for usd, quarter, lost in wanted:
        one = costing(an_execution(next(numbers)), str(usd))
        before = journal.committed_usd(RUN.run_id)
        with suppress(SpendingCapped):
            journal.intend(one, reserve=True, most_usd=cap)
        if journal.find_execution(one.execution_id) is None:
            assert before + usd > cap  # nothing is refused that could be paid
            assert journal.committed_usd(RUN.run_id) == before
            continue
        if lost:
            journal.abandon(one.execution_id, reason="it was not there")
            assert journal.committed_usd(RUN.run_id) == before
            continue
        journal.submitted(one.execution_id, "handle")
        paid = (usd * quarter / 3).quantize(Decimal("0.000001"), "ROUND_DOWN")
        journal.completed(
            one.execution_id,
            state=ExecutionState.PARTIAL,
            shots_returned=1,
            started_at=NOW,
            ended_at=NOW,
            calibration_id_end=None,
            charged_usd=paid,
        )
        charged += paid
        assert journal.committed_usd(RUN.run_id) == charged <= cap


def test_an_execution_that_the_target_has_is_never_refused_afterwards() -> None:
    journal = a_journal()
    journal.begin(RUN)
    one = costing(an_execution(), "5")
    journal.intend(one, reserve=True, most_usd=Decimal(5))
    journal.submitted(one.execution_id, "handle")
    assert journal.intend(one, reserve=True, most_usd=Decimal(1)).handle == "handle"
    with pytest.raises(SpendingCapped, match=r"may spend 5 USD; 5\.\d+ are spent"):
        journal.intend(costing(an_execution(1), "0.000001"), reserve=True, most_usd=Decimal(5))


def test_what_nobody_charges_for_is_no_part_of_what_was_spent() -> None:
    journal = a_journal()
    journal.begin(RUN)
    journal.intend(costing(an_execution(), "5"), most_usd=Decimal(1))
    assert journal.committed_usd(RUN.run_id) == 0
