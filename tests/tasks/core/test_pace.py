"""How far a run is, in percent and in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.events import Event
from tasks.core.pace import Clock, reached


@given(points=st.integers(1, 10**9), data=st.data())
def test_percents_are_between_0_and_100(points: int, data: st.DataObject) -> None:
    done = data.draw(st.integers(0, points))
    now = reached(
        Event("piece.landed", {"done": done, "points": points, "left_s": 1.0}), clock=Clock()
    )
    assert now
    assert 0 <= now.percent <= 100


@pytest.mark.parametrize(
    ("left_s", "words"),
    [(0.0, ""), (59.4, ", 59 s left"), (61.0, ", 1 min 1 s left")],
)
def test_the_time_left_is_in_minutes_and_seconds(left_s: float, words: str) -> None:
    event = Event("piece.landed", {"done": 1, "points": 2000, "left_s": left_s})
    now = reached(event, clock=Clock())
    assert now
    assert now.words == f"1 of 2,000 points{words}"


def test_an_iteration_from_the_journal_says_no_time() -> None:
    fields = {"iteration": 0, "of": 4, "energy": -1.1, "stderr": 0.01, "replayed": True}
    now = reached(Event("iteration.completed", fields), clock=Clock())
    assert now
    assert (now.percent, now.words) == (25.0, "iteration 1 of 4, -1.10000 ± 0.01000")


def test_other_events_say_nothing_of_it() -> None:
    assert reached(Event("run.opened", {"run_id": "r1"}), clock=Clock()) is None
