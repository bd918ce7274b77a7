"""A look at an execution writes down what it sees, and never buys."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from datasets.home import Home
from datasets.journal.journal import Journal
from tasks.context.run_lock import claim, is_held, release
from tasks.errors import Unavailable
from tasks.execution.inspection import Found, look, turn
from tests.tasks.execution.fake_target import (
    NOW,
    Target,
    a_journal,
    a_run,
    an_execution,
    everything,
)

RUN, EXECUTION = a_run(), an_execution()


@pytest.fixture
def journal() -> Iterator[Journal]:
    opened = a_journal()
    opened.begin(RUN)
    opened.intend(EXECUTION, reserve=True)
    yield opened
    opened.close()


def seen(journal: Journal, target: Target) -> Found:
    entry = journal.execution(EXECUTION.execution_id)
    return look(entry, journal=journal, backend=target, reason="the target never had it")


def test_an_intent_that_the_target_has_is_adopted(journal: Journal) -> None:
    target = Target()
    handle = target.submit(EXECUTION)
    assert seen(journal, target) is Found.ADOPTED
    assert journal.execution(EXECUTION.execution_id).handle == handle
    assert seen(journal, target) is Found.RUNNING
    target.finish(handle)
    assert seen(journal, target) is Found.ENDED
    assert seen(journal, target) is Found.KNOWN
    assert target.calls.count("submit") == 1


def test_an_intent_that_the_target_does_not_have_is_given_up_with_the_reason(
    journal: Journal,
) -> None:
    assert seen(journal, Target()) is Found.GIVEN_UP
    entry = journal.execution(EXECUTION.execution_id)
    assert entry.abandoned
    assert entry.failure == "the target never had it"
    assert seen(journal, Target()) is Found.KNOWN


def test_an_intent_is_not_given_up_while_the_target_may_not_list_it_yet(journal: Journal) -> None:
    target = Target(lag=timedelta(minutes=5), late=True)
    target.submit(EXECUTION)
    assert seen(journal, target) is Found.OPEN
    before = everything(journal)
    assert seen(journal, target) is Found.OPEN
    assert everything(journal) == before
    target.tasks["task-0"].listed = True
    assert seen(journal, target) is Found.ADOPTED


@pytest.mark.parametrize("known", [True, False])
def test_an_intent_is_given_up_by_the_clock_of_the_target(journal: Journal, *, known: bool) -> None:
    target = Target(lag=timedelta(minutes=5))
    if known:
        journal.intend(EXECUTION, now=target.now())
    for minutes, found in ((0, Found.OPEN), (4, Found.OPEN), (6, Found.GIVEN_UP)):
        target.time = NOW + timedelta(minutes=minutes)
        assert seen(journal, target) is found


@pytest.mark.parametrize("bought", [True, False])
def test_a_silent_target_changes_nothing(journal: Journal, *, bought: bool) -> None:
    target = Target()
    if bought:
        journal.submitted(EXECUTION.execution_id, target.submit(EXECUTION))
    before = everything(journal)
    target.silent = True
    with pytest.raises(Unavailable):
        seen(journal, target)
    assert everything(journal) == before


def test_a_turn_is_had_by_one_and_given_back(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with turn(RUN.run_id, home=home) as ours, turn(RUN.run_id, home=home) as also:
        assert (ours, also) == (True, False)
    assert not is_held(RUN.run_id)
    claim(RUN.run_id, home=home)
    with turn(RUN.run_id, home=home) as ours:
        assert not ours
    assert is_held(RUN.run_id)  # by those who had it before
    release(RUN.run_id, home=home)
