"""Who says what of a device: the worst holds, and checks never take back what people have said."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.journal.journal import Journal
from datasets.records.states import AuditEntry, Authority, DeviceState, Standing
from tasks.core.progress.events import Event, listening
from tests.journals import Places
from tests.tasks.execution.fake_target import a_journal

BEGIN = datetime(2026, 11, 1, 12, tzinfo=UTC)
GARNET = "emulator:garnet"
AUTHORS = ("operator:ada", "operator:bob", "drift", "canary", "freshness")
QUARANTINE = Standing(
    GARNET, DeviceState.QUARANTINED, "the fridge warms up", None, "operator:ada", BEGIN
)


def hour(number: int) -> datetime:
    return BEGIN + timedelta(hours=number)


statements = st.tuples(
    st.sampled_from([GARNET, "emulator:forte"]),
    st.sampled_from(list(DeviceState)),
    st.sampled_from(["it drifts", "zażółć \"'"]),
    st.none() | st.integers(1, 30),
    st.sampled_from(AUTHORS),
)
histories = st.lists(statements, max_size=20)


def told(history: list[tuple[str, DeviceState, str, int | None, str]]) -> list[Standing]:
    """Return statements an hour apart."""
    return [
        Standing(
            target,
            state,
            reason,
            None if until is None else hour(at + until),
            by,
            hour(at),
        )
        for at, (target, state, reason, until, by) in enumerate(history)
    ]


def expected(history: list[Standing], target: str, now: datetime) -> DeviceState:
    """Return the worst of each authority's last word, as an operator's `healthy` left them."""
    last: dict[Authority, Standing] = {}
    for standing in history:
        if standing.target == target:
            if standing.state is DeviceState.HEALTHY and standing.authority is Authority.OPERATOR:
                last.clear()
            last[standing.authority] = standing
    states = (standing.state for standing in last.values() if standing.holds(now))
    return max(states, key=list(DeviceState).index, default=DeviceState.HEALTHY)


@given(histories, st.integers(0, 60))
def test_the_worst_that_holds_is_in_force(
    history: list[tuple[str, DeviceState, str, int | None, str]], at: int
) -> None:
    journal, said = a_journal(), told(history)
    for number, standing in enumerate(said):
        found = journal.stand(standing)
        assert found.state is expected(said[: number + 1], standing.target, hour(number))
    for target in (GARNET, "emulator:forte"):
        assert journal.standing(target, now=hour(at)).state is expected(said, target, hour(at))
    every = {standing.target: standing for standing in journal.standings(now=hour(at))}
    assert all(journal.standing(target, now=hour(at)) == every[target] for target in every)
    journal.close()


@given(histories)
def test_a_check_never_makes_better_what_an_operator_has_said(
    history: list[tuple[str, DeviceState, str, int | None, str]],
) -> None:
    journal = a_journal()
    journal.stand(QUARANTINE)
    for standing in told(history):
        if standing.authority is not Authority.OPERATOR:
            journal.stand(standing)
    assert journal.standing(GARNET, now=hour(99)) == QUARANTINE
    journal.close()


@given(histories)
def test_an_operator_lifts_everything(
    history: list[tuple[str, DeviceState, str, int | None, str]],
) -> None:
    journal = a_journal()
    for standing in told(history):
        journal.stand(standing)
    lifted = Standing(GARNET, DeviceState.HEALTHY, "seen to", None, "operator:bob", hour(50))
    assert journal.stand(lifted).state is DeviceState.HEALTHY
    assert journal.standing(GARNET, now=hour(50)).state is DeviceState.HEALTHY
    journal.close()


@given(histories)
def test_saying_the_same_again_changes_nothing_and_is_not_audited_twice(
    history: list[tuple[str, DeviceState, str, int | None, str]],
) -> None:
    journal = a_journal()
    for standing in told(history):
        first, entries = journal.stand(standing), journal.audited()
        assert journal.stand(standing) == first
        assert journal.audited() == entries
    journal.close()


@given(histories)
def test_the_audit_only_grows_and_says_who_what_and_when(
    history: list[tuple[str, DeviceState, str, int | None, str]],
) -> None:
    journal = a_journal()
    audited: list[tuple[AuditEntry, ...]] = [()]
    for standing in told(history):
        journal.stand(standing)
        audited.append(journal.audited())
        if audited[-1] != audited[-2]:
            newest = journal.audited(limit=1)[0]
            assert (newest.subject, newest.actor) == (standing.target, standing.set_by)
            assert (newest.at, newest.action) == (standing.since, f"device.{standing.state}")
            assert newest.detail["reason"] == standing.reason
    for before, after in pairwise(audited):
        assert after[len(after) - len(before) :] == before
    of_garnet = [entry for entry in audited[-1] if entry.subject == GARNET]
    assert journal.audited(subject=GARNET) == tuple(of_garnet)
    journal.close()


@pytest.fixture
def journal(places: Places) -> Iterator[Journal]:
    opened = Journal.open(places.new())
    yield opened
    opened.close()


def test_a_statement_is_read_back_as_it_was_written(journal: Journal) -> None:
    limited = replace(QUARANTINE, until=hour(12), reason="Ärger mit \N{SNOWMAN}")
    assert journal.stand(limited) == limited
    assert journal.standing(GARNET, now=hour(1)) == limited
    assert journal.standings(now=hour(1)) == (limited,)
    (entry,) = journal.audited()
    assert entry.detail == {
        "reason": limited.reason,
        "until": "2026-11-02T00:00:00+00:00",
        "before": {},
    }


def test_from_its_until_on_a_statement_is_void(journal: Journal) -> None:
    journal.stand(replace(QUARANTINE, until=hour(12)))
    last = hour(12) - timedelta(microseconds=1)
    assert journal.standing(GARNET, now=last).state is DeviceState.QUARANTINED
    assert journal.standing(GARNET, now=hour(12)) == Standing(GARNET)


def test_a_passing_canary_restores_what_a_canary_has_degraded(journal: Journal) -> None:
    failed = Standing(GARNET, DeviceState.DEGRADED, "GHZ fell", None, "canary", BEGIN)
    journal.stand(failed)
    passed = replace(failed, state=DeviceState.HEALTHY, reason="GHZ passed", since=hour(1))
    assert journal.stand(passed).state is DeviceState.HEALTHY
    assert [entry.action for entry in journal.audited()] == ["device.healthy", "device.degraded"]


def test_a_state_that_lasts_keeps_the_time_when_it_began(journal: Journal) -> None:
    journal.stand(QUARANTINE)
    again = replace(QUARANTINE, reason="it is still warm", since=hour(5))
    assert journal.stand(again) == replace(again, since=BEGIN)
    assert len(journal.audited()) == 2


def test_only_those_who_may_say_something_of_a_device(journal: Journal) -> None:
    with pytest.raises(ValueError, match="rumour"):
        journal.stand(replace(QUARANTINE, set_by="rumour"))
    assert journal.audited() == ()


def test_state_and_audit_are_one_transaction(journal: Journal) -> None:
    seen: list[Event] = []
    with listening(seen.append):
        journal.stand(QUARANTINE)
    assert [event.name for event in seen] == ["journal.written"]
