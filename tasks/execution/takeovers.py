"""Use what stopped runs have bought of the same work, instead of buying it again.

A plan is the same whoever makes it, but for the run in its executions' ids. So a run plans what it
wants as each stopped run would have, and where the journal knows that one's execution it takes it:
it stays that run's, in its name and its books, and is asked for with its token.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from datasets.records.executions import Collected, Execution, ExecutionState, RunId
from datasets.records.names import RUN_ID
from datasets.records.runs import Run
from tasks.context.dispatch import Dispatch
from tasks.context.run_lock import claimed_beside
from tasks.core.progress.events import emit
from tasks.errors import Terminal
from tasks.execution.executions import gather, submit

if TYPE_CHECKING:
    from tasks.context.runtime import Runtime

_LOST: Final = {ExecutionState.FAILED, ExecutionState.CANCELLED}
Plan = Callable[[Run], Sequence[Execution]]


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """A plan, divided: executions left to its run, and results that stopped runs have bought."""

    own: tuple[Execution, ...]
    theirs: tuple[Collected, ...]


def shared(plan: Plan, *, run: Run, dispatch: Dispatch, runtime: "Runtime") -> Shared:
    """Return what is left of a plan, beside what came back of stopped runs' executions.

    What cannot be had of theirs, or came back in part, is left to the run.

    Raises:
        RunCancelled: the run is not wanted any more.
        Transient: the target does not answer.
    """
    own = tuple(plan(run))
    others = [(other, tuple(plan(other))) for other in stopped(run, runtime=runtime)]
    if not others:
        return Shared(own, ())
    left, theirs = list[Execution](), list[Collected]()
    for mine, *same in zip_longest(own, *(planned for _, planned in others)):
        found = None
        if mine is not None and not _is_meant(mine, dispatch=dispatch):
            pairs = zip((other for other, _ in others), same, strict=True)
            found = _first(list(pairs), mine, dispatch=dispatch, runtime=runtime)
        if found is not None:
            theirs += found
        elif mine is not None:
            left.append(mine)
    return Shared(tuple(left), tuple(theirs))


def stopped(run: Run, *, runtime: "Runtime") -> tuple[Run, ...]:
    """Return the stopped runs that are claimed with this one, the oldest first."""
    claimed = {RunId(name) for name in claimed_beside(run.run_id) if RUN_ID.fullmatch(name)}
    return runtime.journal.runs_of(claimed)


def _is_meant(execution: Execution, *, dispatch: Dispatch) -> bool:
    """Whether the run has meant to buy it itself: the target may have it."""
    entry = dispatch.journal.find_execution(execution.execution_id)
    return entry is not None and not entry.abandoned


def _first(
    same: Sequence[tuple[Run, Execution | None]],
    mine: Execution,
    *,
    dispatch: Dispatch,
    runtime: "Runtime",
) -> tuple[Collected, ...] | None:
    """Return what came back for the first of the runs that has all of it."""
    for other, execution in same:
        if execution is None or not _is_usable(execution, mine, dispatch=dispatch):
            continue
        try:
            found = _collected(execution, other.at(mine.target), dispatch, runtime)
        except Terminal as fault:
            dispatch.check_wanted()
            emit("execution.left", execution_id=execution.execution_id, reason=str(fault))
        else:
            if found is not None:
                return found
    return None


def _is_usable(theirs: Execution, mine: Execution, *, dispatch: Dispatch) -> bool:
    """Whether the target may have it, and it answers the same question."""
    entry = dispatch.journal.find_execution(theirs.execution_id)
    if entry is None or entry.state in _LOST or entry.execution.action != mine.action:
        return False
    return dispatch.mixing or entry.measured_on == mine.calibration_id


def _collected(
    execution: Execution, other: Run, dispatch: Dispatch, runtime: "Runtime"
) -> tuple[Collected, ...] | None:
    """Collect another run's execution in its name; None where a circuit has no counts."""
    entry = dispatch.journal.execution(execution.execution_id)
    theirs = replace(runtime.dispatch(other), check_claim=dispatch.check_wanted)
    submit([entry.execution], dispatch=theirs)
    gathered = gather([entry.execution], dispatch=theirs)
    emit("execution.shared", execution_id=execution.execution_id, run_id=other.run_id)
    return None if gathered.lost else gathered.collected
