"""How far a run is, in percent and in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.physics.goals import goal_of
from tasks.core.progress.events import Event
from tasks.core.progress.pace import Clock, reached


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
    figure = goal_of("vqe").told(-1.1, 0.01)
    fields = {"iteration": 0, "of": 4, "figure": figure, "replayed": True}
    now = reached(Event("iteration.completed", fields), clock=Clock())
    assert now
    assert (now.percent, now.words) == (25.0, "iteration 1 of 4, -1.10000 ± 0.01000")


@given(done=st.integers(1, 10**6), more=st.integers(0, 10**6), converged=st.booleans())
def test_a_loop_that_has_ended_is_done_and_has_no_time_left(
    done: int, more: int, converged: bool
) -> None:
    fields = {"iterations": done, "of": done + more, "converged": converged}
    now = reached(Event("loop.ended", fields), clock=Clock())
    assert now
    assert now.percent == 100
    assert "left" not in now.words
    assert ("converged" in now.words) == converged


def test_a_loop_that_has_converged_says_after_how_many_iterations() -> None:
    event = Event("loop.ended", {"iterations": 11, "of": 25, "converged": True})
    now = reached(event, clock=Clock())
    assert now
    assert now.words == "converged after 11 iterations of at most 25"


@pytest.mark.parametrize(
    ("flow", "words"), [("vqe", "-4.25000 ± 0.01000"), ("qaoa", "cut 4.25000 ± 0.01000")]
)
def test_a_cut_is_told_as_a_cut_and_an_energy_as_an_energy(flow: str, words: str) -> None:
    assert goal_of(flow).told(-4.25, 0.01) == words


def test_a_cut_of_nothing_has_no_sign() -> None:
    assert goal_of("qaoa").told(0.0, 0.0) == "cut 0.00000 ± 0.00000"


def test_other_events_say_nothing_of_it() -> None:
    assert reached(Event("run.opened", {"run_id": "r1"}), clock=Clock()) is None
