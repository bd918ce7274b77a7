"""Buy what did not come back only as far as the run's quote goes."""

from collections.abc import Sequence
from decimal import Decimal

from datasets.records.executions import Execution
from tasks.context.dispatch import Dispatch
from tasks.core.planning.planner import total_usd
from tasks.core.planning.remainders import plan_remainder
from tasks.core.progress.events import emit


def within(
    remainder: tuple[Execution, ...],
    execution: Execution,
    missing: Sequence[int],
    *,
    most_usd: Decimal,
    dispatch: Dispatch,
) -> tuple[Execution, ...]:
    """Return what of a remainder may be bought for `most_usd`: all, circuits never seen, or none.

    A remainder costs more than a task's fee and the shots that it makes up for where unequal
    numbers of shots were levelled; circuits that are missing as a whole are equal.
    """
    if not dispatch.backend.charges or total_usd(remainder) <= most_usd:
        return remainder
    each = execution.shots // max(len(missing), 1)
    unseen = [shots if shots == each else 0 for shots in missing]
    found = plan_remainder(execution, missing=unseen, snapshot=dispatch.snapshot)
    chosen = found if total_usd(found) <= most_usd else ()
    emit(
        "remainder.refused",
        execution_id=execution.execution_id,
        usd=total_usd(remainder),
        most_usd=most_usd,
        instead_usd=total_usd(chosen),
    )
    return chosen
