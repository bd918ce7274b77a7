"""An execution is bought once, whatever is interrupted between any two steps."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.journal.journal import Journal
from datasets.records.circuits import Circuit
from datasets.records.compiled import CompiledId
from datasets.records.devices import CalibrationId
from datasets.records.executions import (
    Executable,
    Execution,
    ExecutionId,
    ExecutionState,
    Purpose,
    RunId,
)
from datasets.records.runs import Run
from tasks.backends.protocol import Histogram, Outcome
from tasks.core.events import Event, listening
from tasks.errors import ExecutionFailed
from tasks.lifecycle.executions import collect, submit

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
        action=b"{}",
        shots=30,
        seed=1,
        executables=(Executable(0, "Z", "raw", 2), Executable(1, "Z", "raw", 1)),
        purpose=Purpose.ITERATION,
        iteration=0,
        cost_usd=Decimal("0.3"),
    )


@dataclass
class Provider:
    """A target that counts what it sells."""

    sold: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    outcome: Outcome = DONE
    shots: int = 10  # of the last executable

    def validate(self, circuit: Circuit) -> None:
        """Take everything."""

    def find(self, execution: Execution) -> str | None:
        return execution.execution_id if execution.execution_id in self.known else None

    def submit(self, execution: Execution) -> str:
        self.sold.append(execution.execution_id)
        self.known.add(execution.execution_id)
        return execution.execution_id

    def wait(self, handle: str) -> Outcome:
        assert handle in self.known
        return self.outcome

    def fetch(self, handle: str) -> tuple[Histogram, ...]:
        assert handle in self.known
        one = Histogram(1, np.array([0, 1], dtype=np.uint64), np.array([4, 6], dtype=np.uint32))
        other = Histogram(1, np.array([1], dtype=np.uint64), np.array([10], dtype=np.uint32))
        none = Histogram(1, np.array([], dtype=np.uint64), np.array([], dtype=np.uint32))
        return (one, other, one if self.shots else none)

    def discard(self, handle: str) -> None:
        self.known.discard(handle)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal.open(tmp_path / "journal.db")
    opened.begin(RUN)
    yield opened
    opened.close()


class Killed(BaseException):
    """What a test raises where a process would be killed."""


@given(st.lists(st.integers(1, 8), max_size=8), st.integers(1, 3))
def test_interrupted_at_any_events_it_is_bought_once(kills: list[int], number: int) -> None:
    journal = Journal.open("sqlite://")
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
                submit(executions, journal=journal, backend=provider)
                found = collect(executions, journal=journal, backend=provider)
        except Killed:
            continue
    assert sorted(provider.sold) == [execution.execution_id for execution in executions]
    assert [item.execution for item in found] == executions
    assert {entry.state for entry in journal.executions(RUN.run_id)} == {ExecutionState.COMPLETED}
    journal.close()


def test_an_answer_that_was_lost_is_looked_up_before_anything_is_bought(journal: Journal) -> None:
    provider = Provider(known={an_execution().execution_id})
    submit([an_execution()], journal=journal, backend=provider)
    assert provider.sold == []
    assert journal.execution(an_execution().execution_id).handle is not None


def test_copies_are_added_up(journal: Journal) -> None:
    provider = Provider()
    submit([an_execution()], journal=journal, backend=provider)
    (found,) = collect([an_execution()], journal=journal, backend=provider)
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
    submit([an_execution()], journal=journal, backend=provider)
    with pytest.raises(ExecutionFailed, match=f"{state}: the fridge is warm"):
        collect([an_execution()], journal=journal, backend=provider)
    assert provider.sold == [an_execution().execution_id]


def test_an_executable_without_a_shot_is_no_result(journal: Journal) -> None:
    outcome = replace(DONE, state=ExecutionState.PARTIAL, failure="1 of 2 executables failed")
    provider = Provider(outcome=outcome, shots=0)
    submit([an_execution()], journal=journal, backend=provider)
    with pytest.raises(ExecutionFailed, match="came back in part: 1 of 2 executables failed"):
        collect([an_execution()], journal=journal, backend=provider)


def test_what_was_never_submitted_cannot_be_collected(journal: Journal) -> None:
    journal.intend(an_execution())
    with pytest.raises(ExecutionFailed, match="never submitted"):
        collect([an_execution()], journal=journal, backend=Provider())
