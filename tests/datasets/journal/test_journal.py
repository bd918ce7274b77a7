"""The journal keeps what was meant and what happened, once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.journal.journal import Journal
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
from datasets.records.runs import Iteration, Run, RunState
from tasks.core.progress.events import Event, listening
from tasks.errors import BadInput, StorageFault, UnknownName
from tests.journals import Places

RUN = Run(
    run_id=RunId("a" * 32),
    flow="vqe",
    tenant="default",
    target="local:sv",
    seed=2**53,
    parameters="{}",
    started_at=datetime(2026, 5, 5, 12, 30, 0, 123456, tzinfo=UTC),
)
EXECUTION = Execution(
    execution_id=ExecutionId("b" * 40),
    run_id=RUN.run_id,
    target="local:sv",
    compiled_id=CompiledId("c" * 64),
    calibration_id=CalibrationId("d" * 64),
    action=b'{"x": "\xc3\xa9"}',
    shots=100,
    seed=2**59,
    executables=(Executable(0, "ZZ", "raw", 2), Executable(0, "XX", "zne:3", 1)),
    purpose=Purpose.ITERATION,
    iteration=0,
    cost_usd=Decimal("0.445"),
)
NOW = datetime(2026, 5, 5, 13, tzinfo=UTC)


@pytest.fixture
def journal(places: Places) -> Iterator[Journal]:
    opened = Journal.open(places.new())
    opened.begin(RUN)
    yield opened
    opened.close()


def test_a_run_is_read_back_as_it_was_written(journal: Journal) -> None:
    assert journal.run(RUN.run_id) == RUN


def test_beginning_a_run_again_keeps_the_first_writing(journal: Journal) -> None:
    journal.end(RUN.run_id, RunState.FAILED, failure="the disk was full")
    again = journal.begin(replace(RUN, seed=7))
    assert again == RUN


def test_an_execution_is_read_back_as_it_was_written(journal: Journal) -> None:
    assert journal.intend(EXECUTION).execution == EXECUTION
    assert journal.execution(EXECUTION.execution_id).state is ExecutionState.INTENT


def test_intending_twice_changes_nothing(journal: Journal) -> None:
    first = journal.intend(EXECUTION)
    journal.submitted(EXECUTION.execution_id, "handle")
    assert journal.intend(EXECUTION).handle == "handle"
    assert journal.intend(EXECUTION).created_at == first.created_at
    assert len(journal.executions(RUN.run_id)) == 1


def test_an_execution_never_gets_a_second_handle(journal: Journal) -> None:
    journal.intend(EXECUTION)
    journal.submitted(EXECUTION.execution_id, "first")
    journal.submitted(EXECUTION.execution_id, "second")
    assert journal.execution(EXECUTION.execution_id).handle == "first"


HALF = settings().max_examples // 2  # each example migrates a journal

verbs = st.lists(st.sampled_from(["submitted", "completed", "landed", "settled"]), max_size=12)
ORDER = list(ExecutionState)


@settings(max_examples=HALF)
@given(wanted=verbs)
def test_states_never_go_back(places: Places, wanted: list[str]) -> None:
    journal = Journal.open(places.fleeting())
    journal.begin(RUN)
    journal.intend(EXECUTION)
    seen = [ExecutionState.INTENT]
    for verb in wanted:
        apply(journal, verb)
        seen.append(journal.execution(EXECUTION.execution_id).state)
    assert [ORDER.index(state) for state in seen] == sorted(ORDER.index(state) for state in seen)
    journal.close()


def apply(journal: Journal, verb: str) -> None:
    one = EXECUTION.execution_id
    match verb:
        case "submitted":
            journal.submitted(one, "handle")
        case "completed":
            journal.completed(
                one,
                state=ExecutionState.COMPLETED,
                shots_returned=100,
                started_at=NOW,
                ended_at=NOW,
                calibration_id_end="d" * 64,
            )
        case "landed":
            journal.landed([one])
        case _:
            journal.settle([one])


def test_an_execution_is_not_landed_before_it_is_complete(journal: Journal) -> None:
    journal.intend(EXECUTION)
    journal.submitted(EXECUTION.execution_id, "handle")
    journal.landed([EXECUTION.execution_id])
    assert journal.execution(EXECUTION.execution_id).state is ExecutionState.SUBMITTED


def test_a_run_costs_what_was_handed_over(journal: Journal) -> None:
    other = replace(EXECUTION, execution_id=ExecutionId("e" * 40), cost_usd=Decimal("1.000001"))
    journal.intend(EXECUTION)
    journal.intend(other)
    journal.submitted(other.execution_id, "handle")
    ended = journal.end(RUN.run_id, RunState.COMPLETED, result="{}")
    # Nothing was set aside for it: nobody charges, and this is what it would cost.
    assert (ended.cost_usd, ended.what_if_usd) == (Decimal(0), Decimal("1.000001"))


iterations = st.builds(
    Iteration,
    run_id=st.just(RUN.run_id),
    iteration=st.integers(0, 3),
    points=st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1).map(tuple),
    energies=st.lists(st.tuples(st.floats(-9, 9), st.floats(0, 9)), min_size=1).map(tuple),
    shots=st.integers(1, 10**6),
    cost_usd=st.decimals(0, 1000, places=6),
    elapsed_s=st.floats(0, 1e6),
)


@settings(max_examples=HALF)
@given(made=st.lists(iterations, max_size=6))
def test_the_first_writing_of_an_iteration_stands_bit_for_bit(
    places: Places, made: list[Iteration]
) -> None:
    journal = Journal.open(places.fleeting())
    journal.begin(RUN)
    first: dict[int, Iteration] = {}
    for iteration in made:
        journal.record(iteration)
        first.setdefault(iteration.iteration, iteration)
    assert journal.iterations(RUN.run_id) == tuple(first[i] for i in sorted(first))
    journal.close()


def test_runs_are_listed_newest_first(journal: Journal) -> None:
    newer = replace(RUN, run_id=RunId("f" * 32), started_at=NOW)
    journal.begin(newer)
    assert [run.run_id for run in journal.runs()] == [newer.run_id, RUN.run_id]


def test_a_run_is_found_by_the_beginning_of_its_id(journal: Journal) -> None:
    assert journal.run("aaaa").run_id == RUN.run_id
    with pytest.raises(UnknownName, match="Unknown run 'b'"):
        journal.run("b")
    with pytest.raises(UnknownName, match="Unknown run ''"):
        journal.run("")  # as of a variable in a script that was never set
    journal.begin(replace(RUN, run_id=RunId("aa" + "b" * 30)))
    with pytest.raises(UnknownName, match="Unknown run 'aa'"):
        journal.run("aa")
    with pytest.raises(BadInput, match="'%' is neither"):
        journal.run("%")


def test_a_file_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_text("this is not a database, and it is longer than a page header" * 10)
    with pytest.raises(StorageFault, match=r"cannot be used.* damaged.*`qrt reconcile`"):
        Journal.open(path)


def test_each_writing_is_told_once_it_is_there_and_no_reading_is(journal: Journal) -> None:
    told = []

    def hear(event: Event) -> None:
        seen = journal.execution(EXECUTION.execution_id)  # by another connection: it is committed
        told.append((event.fields["verb"], seen.state))

    with listening(hear):
        journal.intend(EXECUTION)
        journal.submitted(EXECUTION.execution_id, "handle")
        journal.runs()
    assert told == [("intend", ExecutionState.INTENT), ("submitted", ExecutionState.SUBMITTED)]
