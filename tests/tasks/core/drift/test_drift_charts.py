"""Laws of the chart: what it finds, how soon, and what it never says."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tasks.core.drift.alarms import LEAST_STEP, RATE, alarming, findings, steps
from tasks.core.drift.charts import ALLOWANCE, CEILING, LIMIT, chart, tail
from tasks.core.drift.levels import ENOUGH, LEAST_SIGMA, trend_per_day
from tests.tasks.core.drift.histories import of, quiet

SEEDS = st.integers(0, 10_000)
ALARM = next(s for s in np.arange(0.0, CEILING, 0.1) if tail(np.array([s]))[0] <= RATE)


@given(st.floats(-9, -2), st.integers(1, 80))
def test_a_constant_history_never_alarms(level: float, n_values: int) -> None:
    (found,) = findings([of(np.full(n_values, level))])
    assert not found.alarm
    assert found.p_value == 1.0


@given(SEEDS, st.floats(-5, 5), st.floats(1.0, 20.0))
def test_another_unit_or_zero_changes_no_score(seed: int, shift: float, scale: float) -> None:
    values = quiet(60, seed=seed)
    one, other = chart(values), chart(shift + scale * values)
    assert one.sigma[ENOUGH:].min() > LEAST_SIGMA
    np.testing.assert_allclose(other.sums, one.sums, atol=1e-6)


@given(SEEDS, st.integers(ENOUGH, 60))
def test_what_comes_later_changes_nothing_that_was_said(seed: int, n_values: int) -> None:
    values = quiet(80, seed=seed)
    whole, part = chart(values), chart(values[:n_values])
    assert part.sums.tolist() == whole.sums[:n_values].tolist()
    assert part.onset.tolist() == whole.onset[:n_values].tolist()


# The step is told in the spread of all that came before, itself included: it looks smaller there.
@given(SEEDS, st.floats(2 * LEAST_STEP, 30.0))
def test_a_step_is_found_within_as_many_values_as_its_size_allows(seed: int, sigmas: float) -> None:
    quiet_part = quiet(40, seed=seed)
    level = chart(np.append(quiet_part, 0.0))
    # A value may lie anywhere; the law is about values that are all `sigmas` above their level.
    values = quiet_part
    needed = math.ceil(ALARM / (min(sigmas, LIMIT) - ALLOWANCE))
    for _ in range(needed + 1):
        known = chart(np.append(values, 0.0))
        values = np.append(values, known.median[-1] + sigmas * known.sigma[-1])
    assert level.sums[-1] >= 0.0
    (found,) = findings([of(values)])
    assert found.alarm
    assert found.step >= LEAST_STEP


@given(SEEDS, st.floats(1.0, 1e6))
def test_one_outlier_alone_is_no_evidence_enough(seed: int, size: float) -> None:
    values = with_outlier(seed, size=size)[:41]
    drawn = chart(values)
    assert drawn.sums[-1] - drawn.sums[-2] <= LIMIT - ALLOWANCE + 1e-9
    alone = drawn.sums[-2] + LIMIT - ALLOWANCE < ALARM - 0.1
    assert not (alone and findings([of(values)])[0].alarm)


# A quiet history may look like a change by chance, with an outlier in it or without.
@pytest.mark.slow
@pytest.mark.parametrize("size", [1.0, 1e6])
@pytest.mark.parametrize("later", [1, 2, 41])
def test_after_one_outlier_no_more_alarm_than_chance_allows(size: float, later: int) -> None:
    n_histories = 200
    ends = [of(with_outlier(seed, size=size)[: 40 + later]) for seed in range(n_histories)]
    alarms = sum(findings([end])[0].alarm for end in ends)
    assert alarms <= RATE * n_histories + 3 * math.sqrt(RATE * n_histories)


def with_outlier(seed: int, *, size: float) -> NDArray[np.float64]:
    """Return a quiet history whose value 40 is off."""
    return np.concatenate([quiet(40, seed=seed), [-5.0 + size], quiet(40, seed=seed + 1)])


def test_the_order_of_values_matters() -> None:
    values = np.sort(quiet(60))
    assert findings([of(values)])[0].p_value < findings([of(values[::-1])])[0].p_value


def test_a_device_that_gets_better_does_not_alarm() -> None:
    (found,) = findings([of(np.append(quiet(40), np.full(10, -8.0)))])
    assert not found.alarm


def test_a_new_level_becomes_the_normal_one_in_time() -> None:
    values = np.append(quiet(40), quiet(60, seed=2) + 2.0)
    assert findings([of(values[:45])])[0].alarm
    assert not findings([of(values)])[0].alarm


def test_the_p_value_falls_as_the_sum_grows_and_is_a_probability() -> None:
    found = tail(np.linspace(0.0, CEILING, 50))
    assert found[0] == 1.0
    assert (np.diff(found) <= 0.0).all()
    assert found[-1] < 1e-4


def test_the_steady_distribution_is_what_long_charts_show() -> None:
    rng = np.random.default_rng(4)
    sums, last = [], 0.0
    for score in np.clip(rng.standard_t(1.5, 40_000), -LIMIT, LIMIT):
        last = min(max(last + score - ALLOWANCE, 0.0), CEILING)
        sums.append(last)
    for level in (1.0, 3.0, 6.0):
        seen = float(np.mean(np.array(sums) >= level))
        assert seen == pytest.approx(tail(np.array([level]))[0], rel=0.15)


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=40), st.randoms())
def test_which_figures_alarm_does_not_depend_on_their_order(
    values: list[float], random: Random
) -> None:
    places = list(range(len(values)))
    random.shuffle(places)
    p_values, sure = np.array(values), np.full(len(values), LEAST_STEP)
    assert alarming(p_values, steps=sure)[places].tolist() == (
        alarming(p_values[places], steps=sure).tolist()
    )


def test_more_figures_need_more_evidence_and_small_changes_never_alarm() -> None:
    sure = np.full(1, LEAST_STEP)
    assert alarming(np.array([0.005]), steps=sure).tolist() == [True]
    many = np.append(0.005, np.ones(99))
    assert not alarming(many, steps=np.full(100, LEAST_STEP)).any()
    assert not alarming(np.array([1e-9]), steps=sure - 0.1).any()
    assert alarming(np.array([]), steps=np.array([])).tolist() == []


def test_the_step_is_measured_by_the_latest_values_since_the_change() -> None:
    values = np.append(np.tile([-5.2, -5.0, -4.8], 14), [-3.0, -3.0, -3.0])
    drawn = chart(values)
    step = steps(drawn, values)[-1]
    assert step == pytest.approx((2.0 + 0.0) / drawn.sigma[-1], rel=0.05)


def test_the_trend_is_the_slope_of_a_line_and_no_outlier_moves_it() -> None:
    values = -5.0 + 0.01 * np.arange(30.0)
    values[11] = 40.0
    assert trend_per_day(of(values)) == pytest.approx(0.01, rel=0.05)
    assert trend_per_day(of(np.array([-5.0]))) == 0.0
