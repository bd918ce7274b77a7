"""The verbs of an execution's life, each safe to call again after a crash at any point."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from datasets.records.executions import (
    Collected,
    Execution,
    ExecutionId,
    ExecutionState,
)
from tasks.backends.protocol import Backend, Outcome
from tasks.context.dispatch import Dispatch
from tasks.core.planning.planner import total_usd
from tasks.core.planning.remainders import plan_remainder
from tasks.core.progress.events import emit
from tasks.errors import ExecutionFailed
from tasks.execution.completeness import (
    Key,
    check_one_calibration,
    check_same_calibration,
    check_same_device,
    check_whole,
    differ,
    unseen,
)
from tasks.execution.histograms import check_complete, merged, missing_shots
from tasks.execution.remainder_budget import within

if TYPE_CHECKING:
    from datasets.journal.journal import Journal
    from datasets.journal.rows import Entry

_IN_THE_LAKE: Final = {ExecutionState.LANDED, ExecutionState.SETTLED}
_LOST: Final = {ExecutionState.FAILED, ExecutionState.CANCELLED}


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What came back, and why the rest, executable by executable, never will."""

    collected: tuple[Collected, ...]
    lost: Mapping[Key, str]


def submit(executions: Sequence[Execution], *, dispatch: Dispatch) -> None:
    """Write each execution down, then hand it over, unless the target already has it.

    Raises:
        RunCancelled: the run is not wanted any more.
        SpendingCapped: it would spend more than it may; what was handed over before stays.
    """
    journal, backend = dispatch.journal, dispatch.backend
    for execution in executions:
        dispatch.check_wanted()
        entry = journal.intend(
            execution, reserve=backend.charges, now=backend.now(), most_usd=dispatch.cap_usd
        )
        emit("execution.intended", execution_id=execution.execution_id)
        if entry.handle is None:
            handle, in_force = _adopt_or_buy(execution, backend)
            journal.submitted(execution.execution_id, handle, calibration_id=in_force)
        emit(
            "execution.submitted",
            execution_id=execution.execution_id,
            shots=execution.shots,
            cost_usd=execution.cost_usd,
        )


def collect(executions: Sequence[Execution], *, dispatch: Dispatch) -> tuple[Collected, ...]:
    """Wait for submitted executions and return their counts.

    What did not come back and may be tried again is bought again, alone; such an execution follows
    the one whose remainder it is.

    Raises:
        ExecutionFailed: the target could not do one of them, or a part that nothing can replace;
            the others, which are paid for too, are waited for before.
        RunCancelled: the run is not wanted any more.
    """
    collected: list[Collected] = []
    failures: list[ExecutionFailed] = []
    for execution in executions:
        try:
            parts = list(_whole(execution, dispatch=dispatch))
            check_whole(parts, dispatch=dispatch)
        except ExecutionFailed as failure:
            emit("execution.failed", execution_id=execution.execution_id, failure=str(failure))
            failures.append(failure)
        else:
            collected += parts
    if failures:
        raise failures[0]
    check_one_calibration(collected, dispatch=dispatch)
    return tuple(collected)


def gather(executions: Sequence[Execution], *, dispatch: Dispatch) -> Gathered:
    """Wait as `collect` does, but let what failed for good cost itself alone.

    Raises:
        ExecutionFailed: something came back that cannot be used, or not yet; the others are waited
            for before.
        RunCancelled: the run is not wanted any more.
    """
    collected: list[Collected] = []
    lost: dict[Key, str] = {}
    failures: list[ExecutionFailed] = []
    for execution in executions:
        try:
            parts, missing = _came_back(execution, dispatch=dispatch)
        except ExecutionFailed as failure:
            emit("execution.failed", execution_id=execution.execution_id, failure=str(failure))
            failures.append(failure)
        else:
            collected += parts
            lost |= missing
    if failures:
        raise failures[0]
    check_one_calibration(collected, dispatch=dispatch)
    return Gathered(tuple(collected), lost)


def fetched(entry: "Entry", *, backend: Backend) -> Collected:
    """Return what came back of an execution that has ended.

    Raises:
        ResultUnreadable: it is missing or damaged at the target.
    """
    histograms = backend.fetch(_handle(entry))
    return Collected(entry.execution, merged(entry.execution, histograms))


def by_itself(execution_id: ExecutionId) -> str:
    """Return the chunk of an execution that lands without what its run makes of it."""
    return f"alone-{execution_id}"


def write_outcome(execution: Execution, outcome: Outcome, *, journal: "Journal") -> None:
    """Write down how the target ended an execution."""
    journal.completed(
        execution.execution_id,
        state=outcome.state,
        shots_returned=outcome.shots_returned,
        started_at=outcome.started_at,
        ended_at=outcome.ended_at,
        calibration_id_end=outcome.calibration_id_end,
        failure=outcome.failure,
        charged_usd=outcome.charged_usd,
        engine=outcome.engine,
    )


def _whole(execution: Execution, *, dispatch: Dispatch) -> Iterator[Collected]:
    """Yield a planned execution and its remainders, bought within its quote."""
    most_usd = dispatch.most_usd(execution)
    return _collect(execution, dispatch=dispatch, left=dispatch.remainders, most_usd=most_usd)


def _collect(
    execution: Execution, *, dispatch: Dispatch, left: int, most_usd: Decimal
) -> Iterator[Collected]:
    """Yield the execution and then its remainders, for at most `most_usd` together."""
    entry = _returned(execution, dispatch=dispatch)
    try:
        histograms = dispatch.backend.fetch(_handle(entry))
    except ExecutionFailed:
        if landed := tuple(_landed(entry, dispatch=dispatch)):
            yield from landed
            return
        if dispatch.backend.charges:
            raise
        # What is simulated comes out the same however often that is done.
        histograms = dispatch.backend.fetch(dispatch.backend.submit(execution))
    check_complete(execution, histograms)
    emit("execution.collected", execution_id=execution.execution_id)
    yield Collected(execution, merged(execution, histograms))
    missing = missing_shots(execution, histograms)
    if not left or not any(missing):
        return
    remainder = plan_remainder(execution, missing=missing, snapshot=dispatch.snapshot)
    if not _bought_before(remainder, dispatch):
        if not _may_buy(entry, dispatch):
            return
        left_usd = dispatch.left_usd(most_usd - entry.usd)
        remainder = within(remainder, execution, missing, most_usd=left_usd, dispatch=dispatch)
    if not remainder:
        return
    spare_usd = (most_usd - entry.usd - total_usd(remainder)) / len(remainder)
    submit(remainder, dispatch=dispatch)
    for part in remainder:
        ended = _ended(part, dispatch=dispatch)
        if ended.state in _LOST:
            dispatch.check_wanted()
            continue  # what came back before may be enough
        check_same_calibration(ended, parent=entry, dispatch=dispatch)
        yield from _collect(
            part, dispatch=dispatch, left=left - 1, most_usd=part.cost_usd + spare_usd
        )


def _landed(entry: "Entry", *, dispatch: Dispatch) -> Iterator[Collected]:
    """Yield an execution from the lake, with what completed it; nothing where it is not there."""
    if entry.state not in _IN_THE_LAKE or not (counts := dispatch.landed(entry.execution)):
        return
    yield Collected(entry.execution, counts)
    for other in dispatch.journal.executions(entry.execution.run_id):
        if other.execution.parent_id == entry.execution.execution_id:
            yield from _landed(other, dispatch=dispatch)


def _came_back(
    execution: Execution, *, dispatch: Dispatch
) -> tuple[list[Collected], dict[Key, str]]:
    """Return the parts of an execution, and the executables that are in none, with the reason."""
    entry = _ended(execution, dispatch=dispatch)
    if entry.state in _LOST:
        dispatch.check_wanted()
        reason = entry.failure or f"its task was {entry.state}"
        return [], {(e.point, e.basis, e.variant): reason for e in execution.executables}
    parts = list(_whole(execution, dispatch=dispatch))
    lost = unseen(parts)
    if any(failure is None or failure.retryable for failure in lost.values()):
        check_same_device(entry, parts, dispatch=dispatch)
    return parts, {key: f.reason if f else "no shots came back" for key, f in lost.items()}


def _returned(execution: Execution, *, dispatch: Dispatch) -> "Entry":
    """Wait for an execution of which something has to come back."""
    entry = _ended(execution, dispatch=dispatch)
    if entry.state in _LOST:
        reason = (entry.failure or "no reason given").rstrip(". ")
        message = f"Execution {execution.execution_id} {entry.state}: {reason}."
        raise ExecutionFailed(message)
    return entry


def _ended(execution: Execution, *, dispatch: Dispatch) -> "Entry":
    """Wait for the execution and return what the journal then knows of it."""
    entry = dispatch.journal.execution(execution.execution_id)
    if entry.state is ExecutionState.SUBMITTED:
        outcome = dispatch.backend.wait(_handle(entry), between=dispatch.check_wanted)
        write_outcome(execution, outcome, journal=dispatch.journal)
        entry = dispatch.journal.execution(execution.execution_id)
    return entry


def _adopt_or_buy(execution: Execution, backend: Backend) -> tuple[str, str | None]:
    """Return the handle of what the target has already, or hand the execution over.

    Beside it is the calibration that was in force just before, where that is known.
    """
    if handle := backend.find(execution):
        emit("execution.adopted", execution_id=execution.execution_id, handle=handle)
        return handle, None
    in_force = backend.calibration()  # before: nothing may come between a purchase and its handle
    handle = backend.submit(execution)
    emit("execution.bought", execution_id=execution.execution_id, handle=handle)
    return handle, in_force


def _handle(entry: "Entry") -> str:
    if entry.handle is None:
        message = f"Execution {entry.execution.execution_id} was never submitted."
        raise ExecutionFailed(message)
    return entry.handle


def _bought_before(remainder: Sequence[Execution], dispatch: Dispatch) -> bool:
    """Whether the journal has the remainder, or the target, if the journal has lost it."""
    known, there = dispatch.journal.find_execution, dispatch.backend.find
    return any(known(one.execution_id) is not None or there(one) for one in remainder)


def _may_buy(entry: "Entry", dispatch: Dispatch) -> bool:
    """Whether a remainder can still be merged: nothing is made of it yet, the device is as it was.

    What landed by itself, when its run stopped, is counts alone. A device that does not say its
    calibration gets the benefit of the doubt.
    """
    made = entry.state in _IN_THE_LAKE and entry.chunk != by_itself(entry.execution.execution_id)
    if made or not dispatch.buying:
        return False
    return dispatch.mixing or not differ(entry.measured_on, dispatch.backend.calibration())
