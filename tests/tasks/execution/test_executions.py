"""An execution is bought once, whatever is interrupted between any two steps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.journal.journal import Journal
from datasets.records.circuits import Circuit
from datasets.records.compiled import CompiledId
from datasets.records.devices import CalibrationId
from datasets.records.executions import (
    Executable,
    Execution,
    ExecutionId,
    ExecutionState,
    Failure,
    Purpose,
    RunId,
)
from datasets.records.runs import Run
from tasks.backends.protocol import Histogram, Outcome, Sold
from tasks.context.dispatch import MAX_REMAINDERS, Dispatch
from tasks.core.planning.actions import Unit, program_set, units
from tasks.core.progress.events import Event, listening
from tasks.errors import ExecutionFailed, RunCancelled
from tasks.execution.executions import collect, submit
from tests.journals import Places

NOW = datetime(2026, 5, 5, tzinfo=UTC)
DONE = Outcome(ExecutionState.COMPLETED, 30, NOW, NOW, "d")
RUN = Run(RunId("a" * 32), "vqe", "default", "fake", 1, "{}", NOW)


def an_execution(number: int = 0) -> Execution:
    return Execution(
        execution_id=ExecutionId(f"{number:040x}"),
        run_id=RUN.run_id,
        target="fake",
        compiled_id=CompiledId("c"),
        calibration_id=CalibrationId("d"),
        action=program_set([Unit(f"circuit {number}", ())] * 2 + [Unit("another", ())]),
        shots=30,
        seed=1,
        executables=(Executable(0, "Z", "raw", 2), Executable(1, "Z", "raw", 1)),
        purpose=Purpose.ITERATION,
        iteration=0,
        cost_usd=Decimal("0.3"),
    )


def seen(zeros: int, ones: int, failure: Failure | None = None) -> Histogram:
    counts = {0: zeros, 1: ones}
    found = [outcome for outcome in counts if counts[outcome]]
    values = [counts[outcome] for outcome in found]
    return Histogram(1, np.array(found, np.uint64), np.array(values, np.uint32), failure)


@dataclass
class Provider:
    """A target that counts what it sells."""

    charges = True
    lag = timedelta(0)

    bought: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    sizes: dict[str, int] = field(default_factory=dict)  # executables, by handle
    outcome: Outcome = DONE
    results: dict[str, tuple[Histogram, ...]] = field(default_factory=dict)  # by handle
    in_force: str = "d"  # calibration

    def validate(self, circuit: Circuit) -> None:
        """Take everything."""

    def find(self, execution: Execution) -> str | None:
        return execution.execution_id if execution.execution_id in self.known else None

    def submit(self, execution: Execution) -> str:
        self.bought.append(execution.execution_id)
        self.known.add(execution.execution_id)
        self.sizes[execution.execution_id] = len(units(execution.action))
        return execution.execution_id

    def look(self, handle: str) -> Outcome:
        assert handle in self.known
        return self.outcome

    def wait(self, handle: str, *, between: Callable[[], None]) -> Outcome:
        between()
        return self.look(handle)

    def cancel(self, handle: str) -> None:
        assert handle in self.known

    def now(self) -> datetime:
        return NOW

    def sold(self, within: timedelta) -> tuple[Sold, ...]:
        del within
        return ()

    def calibration(self) -> str:
        return self.in_force

    def fetch(self, handle: str) -> tuple[Histogram, ...]:
        assert handle in self.known
        all_of_them = (seen(4, 6), seen(0, 10), seen(4, 6))[: self.sizes[handle]]
        return self.results.get(handle, all_of_them)

    def discard(self, handle: str) -> None:
        self.known.discard(handle)


def through(provider: Provider, journal: Journal) -> Dispatch:
    return Dispatch(RUN.run_id, journal, provider, resolve("emulator:garnet"))


@pytest.fixture
def journal(places: Places) -> Iterator[Journal]:
    opened = Journal.open(places.new())
    opened.begin(RUN)
    yield opened
    opened.close()


class Killed(BaseException):
    """What a test raises where a process would be killed."""


@given(kills=st.lists(st.integers(1, 8), max_size=8), number=st.integers(1, 3))
def test_interrupted_at_any_events_it_is_bought_once(
    places: Places, kills: list[int], number: int
) -> None:
    journal = Journal.open(places.fleeting())
    journal.begin(RUN)
    provider = Provider()
    executions = [an_execution(i) for i in range(number)]
    for kill in [*kills, 10**9]:
        left = kill

        def hear(event: Event) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed(event.name)

        try:
            with listening(hear):
                submit(executions, dispatch=through(provider, journal))
                found = collect(executions, dispatch=through(provider, journal))
        except Killed:
            continue
    assert sorted(provider.bought) == [execution.execution_id for execution in executions]
    assert [item.execution for item in found] == executions
    assert {entry.state for entry in journal.executions(RUN.run_id)} == {ExecutionState.COMPLETED}
    journal.close()


def test_an_answer_that_was_lost_is_looked_up_before_anything_is_bought(journal: Journal) -> None:
    provider = Provider(known={an_execution().execution_id})
    submit([an_execution()], dispatch=through(provider, journal))
    assert provider.bought == []
    assert journal.execution(an_execution().execution_id).handle is not None


def test_copies_are_added_up(journal: Journal) -> None:
    provider = Provider()
    submit([an_execution()], dispatch=through(provider, journal))
    (found,) = collect([an_execution()], dispatch=through(provider, journal))
    first, second = found.counts
    assert first.outcomes.tolist() == [0, 1]
    assert first.counts.tolist() == [4, 16]
    assert second.counts.tolist() == [4, 6]


@pytest.mark.parametrize("state", [ExecutionState.FAILED, ExecutionState.CANCELLED])
def test_what_the_target_could_not_do_is_said_with_its_reason(
    journal: Journal, state: ExecutionState
) -> None:
    outcome = replace(DONE, state=state, failure="the fridge is warm")
    provider = Provider(outcome=outcome)
    submit([an_execution()], dispatch=through(provider, journal))
    with pytest.raises(ExecutionFailed, match=f"{state}: the fridge is warm"):
        collect([an_execution()], dispatch=through(provider, journal))
    assert provider.bought == [an_execution().execution_id]


PART = replace(DONE, state=ExecutionState.PARTIAL, shots_returned=18, failure="1 of 3 failed")
BROKEN = Failure("the laser drifted", retryable=False)
TIRED = Failure("the laser drifted", retryable=True)


def test_an_executable_that_failed_for_good_is_no_result(journal: Journal) -> None:
    execution = an_execution()
    result = (seen(4, 6), seen(0, 10), seen(0, 0, BROKEN))
    provider = Provider(outcome=PART, results={execution.execution_id: result})
    submit([execution], dispatch=through(provider, journal))
    with pytest.raises(ExecutionFailed, match="came back in part: 1 of 3 failed"):
        collect([execution], dispatch=through(provider, journal))
    assert provider.bought == [execution.execution_id]


def test_what_may_be_tried_again_and_missing_shots_are_bought_again_alone(
    journal: Journal,
) -> None:
    execution = an_execution()
    result = (seen(4, 4), seen(0, 10), seen(0, 0, TIRED))
    provider = Provider(outcome=PART, results={execution.execution_id: result})
    submit([execution], dispatch=through(provider, journal))
    for _ in range(2):  # collecting again buys nothing more
        parent, *children = collect([execution], dispatch=through(provider, journal))
        assert provider.bought == [
            execution.execution_id,
            *(c.execution.execution_id for c in children),
        ]
    # Eight shots too many are cheaper than a task of their own for the two that are missing.
    assert parent.execution == execution
    assert [child.execution.parent_id for child in children] == [execution.execution_id]
    assert [child.execution.shots for child in children] == [20]


@pytest.mark.parametrize("charged", [None, Decimal(0), Decimal("0.18")])
def test_what_is_bought_again_stays_within_the_quote(
    journal: Journal, charged: Decimal | None
) -> None:
    class Leaky(Provider):
        def fetch(self, handle: str) -> tuple[Histogram, ...]:
            execution = journal.execution(ExecutionId(handle)).execution
            return tuple(seen(0, 0, TIRED) for _ in units(execution.action))

    provider = Leaky(outcome=replace(PART, charged_usd=charged))
    dispatch = through(provider, journal)
    submit([an_execution()], dispatch=dispatch)
    heard: list[Event] = []
    with listening(heard.append), pytest.raises(ExecutionFailed):
        collect([an_execution()], dispatch=dispatch)
    entries = [journal.execution(ExecutionId(each)) for each in provider.bought]
    assert sum(entry.usd for entry in entries) <= dispatch.most_usd(an_execution())
    refused = any(event.name == "remainder.refused" for event in heard)
    assert refused is (len(entries) < 1 + MAX_REMAINDERS)


def test_shots_that_keep_missing_are_given_up_with_the_reason(journal: Journal) -> None:
    class Leaky(Provider):
        def fetch(self, handle: str) -> tuple[Histogram, ...]:
            execution = journal.execution(ExecutionId(handle)).execution
            return tuple(seen(0, 0, TIRED) for _ in units(execution.action))

    provider = Leaky(outcome=replace(PART, charged_usd=Decimal(0)))
    submit([an_execution()], dispatch=through(provider, journal))
    with pytest.raises(ExecutionFailed, match="came back in part: 1 of 3 failed"):
        collect([an_execution()], dispatch=through(provider, journal))
    assert len(provider.bought) == 1 + MAX_REMAINDERS


def test_a_remainder_is_not_bought_under_another_calibration_unless_told_to(
    journal: Journal,
) -> None:
    execution = an_execution()
    result = (seen(4, 6), seen(0, 10), seen(0, 0, TIRED))
    outcome = replace(PART, calibration_id_end="c")
    provider = Provider(outcome=outcome, results={execution.execution_id: result})
    dispatch = through(provider, journal)
    submit([execution], dispatch=dispatch)
    with pytest.raises(ExecutionFailed, match="--mix-calibrations` merges both"):
        collect([execution], dispatch=dispatch)
    assert provider.bought == [execution.execution_id]
    provider.outcome = DONE
    with_leave = replace(dispatch, mixing=True)
    assert len(collect([execution], dispatch=with_leave)) == len(provider.bought) == 2


def test_executions_of_one_estimate_under_two_calibrations_are_not_merged_unless_told_to(
    journal: Journal,
) -> None:
    class Recalibrated(Provider):
        def wait(self, handle: str, *, between: Callable[[], None]) -> Outcome:
            outcome = super().wait(handle, between=between)
            first = handle == self.first
            return outcome if first else replace(outcome, calibration_id_end="c")

        first = ""

    provider = Recalibrated()
    pair = [an_execution(), an_execution(1)]
    dispatch = through(provider, journal)
    submit(pair, dispatch=dispatch)
    provider.first = journal.execution(pair[0].execution_id).handle or ""
    with pytest.raises(ExecutionFailed, match=r"under 2 calibrations.*--mix-calibrations"):
        collect(pair, dispatch=dispatch)
    assert len(collect(pair, dispatch=replace(dispatch, mixing=True))) == 2
    assert len(provider.bought) == 2
    entries = [journal.execution(one.execution_id) for one in pair]
    assert [entry.calibration_id_submitted for entry in entries] == [provider.calibration()] * 2
    assert [entry.straddles for entry in entries] == [False, True]


def test_a_run_that_is_not_wanted_any_more_buys_nothing_more(journal: Journal) -> None:
    provider = Provider()
    submit([an_execution()], dispatch=through(provider, journal))
    journal.request_cancel(RUN.run_id)
    for verb in (submit, collect):
        with pytest.raises(RunCancelled, match="was cancelled"):
            verb([an_execution(), an_execution(1)], dispatch=through(provider, journal))
    assert provider.bought == [an_execution().execution_id]


def test_a_remainder_that_fails_is_done_without_when_every_circuit_was_seen(
    journal: Journal,
) -> None:
    execution = an_execution()

    class Tiring(Provider):
        def look(self, handle: str) -> Outcome:
            failed = replace(DONE, state=ExecutionState.FAILED, failure="the fridge is warm")
            return PART if handle == execution.execution_id else failed

    result = (seen(4, 6), seen(0, 0, BROKEN), seen(2, 2))
    provider = Tiring(results={execution.execution_id: result})
    submit([execution], dispatch=through(provider, journal))
    for _ in range(2):
        (found,) = collect([execution], dispatch=through(provider, journal))
        assert [counts.shots for counts in found.counts] == [10, 4]
    assert len(provider.bought) == 2  # the six that were missing, once; the broken copy never


def test_nothing_is_bought_for_what_was_made_use_of_before(journal: Journal) -> None:
    execution = an_execution()
    result = (seen(4, 4), seen(0, 10), seen(2, 2))
    outcome = replace(PART, calibration_id_end="c")
    provider = Provider(outcome=outcome, results={execution.execution_id: result})
    dispatch = through(provider, journal)
    submit([execution], dispatch=dispatch)
    (before,) = collect([execution], dispatch=dispatch)  # the device is another one by now
    provider.outcome = DONE
    closed = replace(dispatch, buying=False, mixing=True)
    (after,) = collect([execution], dispatch=closed)
    assert [c.shots for c in after.counts] == [c.shots for c in before.counts]
    assert provider.bought == [execution.execution_id]


def test_where_the_calibration_at_the_end_is_not_known_that_of_the_compiler_counts(
    journal: Journal,
) -> None:
    execution = an_execution()
    result = (seen(4, 4), seen(0, 10), seen(2, 2))
    outcome = replace(PART, calibration_id_end=None)
    provider = Provider(outcome=outcome, results={execution.execution_id: result})
    submit([execution], dispatch=through(provider, journal))
    assert execution.calibration_id == provider.calibration()
    collect([execution], dispatch=through(provider, journal))
    assert len(provider.bought) == 2

    class Recalibrated(Provider):
        def calibration(self) -> str:
            return "e"

    other = replace(an_execution(7), parent_id=None)
    changed = Recalibrated(outcome=outcome, results={other.execution_id: result})
    submit([other], dispatch=through(changed, journal))
    collect([other], dispatch=through(changed, journal))
    assert changed.bought == [other.execution_id]


def test_a_result_of_another_size_is_refused(journal: Journal) -> None:
    execution = an_execution()
    provider = Provider(results={execution.execution_id: (seen(4, 6),)})
    submit([execution], dispatch=through(provider, journal))
    with pytest.raises(ExecutionFailed, match="has 3 executables, and its result 1"):
        collect([execution], dispatch=through(provider, journal))


def test_what_was_never_submitted_cannot_be_collected(journal: Journal) -> None:
    journal.intend(an_execution())
    with pytest.raises(ExecutionFailed, match="never submitted"):
        collect([an_execution()], dispatch=through(Provider(), journal))
