"""What Prefect is told of a run, and that it costs the run nothing."""

from typing import Any
from uuid import UUID

import pytest

from tasks.core.progress.events import Event
from tasks.orchestration.announcing import MOST_APART, Announcer

pytestmark = pytest.mark.slow

OPENED = Event("run.opened", {"run_id": "r1", "target": "local:sv", "flow": "sweep"})


def told(*events: Event) -> list[tuple[str, dict[str, str], UUID | None]]:
    """Return what Prefect's client is asked to send."""
    found: list[tuple[str, dict[str, str], UUID | None]] = []

    def emit(event: str, *, resource: dict[str, str], id: UUID | None, **_: Any) -> None:  # noqa: A002 - Prefect's name
        found.append((event, resource, id))

    announcer = Announcer(emit)
    for event in events:
        announcer.hear(event)
    return found


def heard(*events: Event) -> list[tuple[str, str, str]]:
    """Return the name, resource and run of each."""
    return [(name, to["prefect.resource.id"], to["qrt.run-id"]) for name, to, _ in told(*events)]


def changed(count: int, state: str = "landed") -> Event:
    ids = tuple(f"e{n}" for n in range(count))
    return Event("executions.changed", {"execution_ids": ids, "state": state})


def test_each_state_of_an_execution_is_an_event_on_it() -> None:
    submitted = Event("execution.submitted", {"execution_id": "e0"})
    assert heard(OPENED, submitted, changed(1, "completed"), changed(1)) == [
        ("qrt.run.opened", "qrt.run.r1", "r1"),
        ("qrt.execution.submitted", "qrt.execution.e0", "r1"),
        ("qrt.execution.completed", "qrt.execution.e0", "r1"),
        ("qrt.execution.landed", "qrt.execution.e0", "r1"),
    ]


def test_many_executions_that_change_together_are_one_event() -> None:
    assert len(heard(OPENED, changed(MOST_APART))) == 1 + MOST_APART


def test_more_than_that_are_told_of_on_their_run() -> None:
    assert heard(OPENED, changed(10_000)) == [
        ("qrt.run.opened", "qrt.run.r1", "r1"),
        ("qrt.execution.landed", "qrt.run.r1", "r1"),
    ]


def test_what_no_automation_could_use_is_not_told() -> None:
    assert heard(Event("journal.written", {"verb": "begin"}), Event("piece.landed", {})) == []


def test_what_is_told_again_after_a_crash_is_the_same_event() -> None:
    first, again = told(OPENED, changed(2))[1:], told(OPENED, changed(2))[1:]
    assert [each[2] for each in first] == [each[2] for each in again]
    assert len({each[2] for each in first}) == 2
    assert {each[2] for each in told(changed(2, "settled"))}.isdisjoint(e[2] for e in first)


def test_a_state_that_is_reached_again_is_told_once() -> None:
    assert told(OPENED, changed(2), changed(2)) == told(OPENED, changed(2))
    assert told(OPENED, changed(100), OPENED, changed(100))[3:] == []
