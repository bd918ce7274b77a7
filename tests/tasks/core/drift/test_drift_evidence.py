"""What counts as evidence, on which scale."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.drift.evidence import Reading, badness, series, spoken
from tests.tasks.core.drift.histories import days, readings

FIDELITIES = st.floats(0.5, 0.99999)


@given(st.lists(FIDELITIES, min_size=1, max_size=20), st.randoms())
def test_the_order_in_which_readings_are_given_does_not_matter(
    values: list[float], random: Random
) -> None:
    given_in_order = readings(values)
    shuffled = list(given_in_order)
    random.shuffle(shuffled)
    (one,), (other,) = series(given_in_order), series(shuffled)
    assert one.at == other.at
    assert one.badness.tolist() == other.badness.tolist()


@given(st.lists(FIDELITIES, min_size=1, max_size=20, unique=True), st.integers(1, 5))
def test_a_figure_published_again_says_nothing_new(values: list[float], times: int) -> None:
    once = series(readings(values))[0]
    again = series(readings([value for value in values for _ in range(times)]))[0]
    assert again.badness.tolist() == once.badness.tolist()


@given(FIDELITIES, FIDELITIES)
def test_worse_is_larger_whatever_is_measured(one: float, other: float) -> None:
    worse, better = sorted([one, other])
    assert badness("cz_fidelity", worse) >= badness("cz_fidelity", better)
    assert badness("t1_s", worse) >= badness("t1_s", better)
    assert badness("p1_given_0", worse) <= badness("p1_given_0", better)


def test_twice_the_error_is_the_same_step_from_any_small_error() -> None:
    steps = [
        badness("cz_fidelity", 1 - 2 * error) - badness("cz_fidelity", 1 - error)
        for error in (1e-4, 1e-3)
    ]
    assert steps == pytest.approx([math.log(2)] * 2, rel=2e-3)


@pytest.mark.parametrize("fidelity", [0.0, 1.0])
def test_a_perfect_figure_and_a_hopeless_one_are_finite(fidelity: float) -> None:
    assert math.isfinite(badness("cz_fidelity", fidelity))


def test_series_are_sorted_by_element_and_metric_and_what_nobody_can_judge_is_left_out() -> None:
    at = days(1)[0]
    names = [("q3", "t1_s"), ("q3", "frequency_hz"), ("3-8", "cz_fidelity"), ("q3", "p1_given_0")]
    found = series(Reading(element, metric, at, 0.5) for element, metric in names)
    assert [(s.element, s.metric) for s in found] == [
        ("3-8", "cz_fidelity"),
        ("q3", "p1_given_0"),
        ("q3", "t1_s"),
    ]


def test_figures_are_spoken_as_people_read_them() -> None:
    assert spoken("cz_fidelity", badness("cz_fidelity", 0.959)) == "4.1 %"
    assert spoken("t1_s", badness("t1_s", 31e-6)) == "31 us"
