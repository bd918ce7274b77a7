"""Shot allocation: within the limits, and as good as brute force."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from datasets.problems.catalogue import load
from tasks.core.physics.grouping import group
from tasks.core.planning.allocation import allocate
from tasks.errors import BadInput

weights_of = st.lists(st.floats(0.01, 10), min_size=1, max_size=3)


def variance(weights: Sequence[float], shots: Sequence[int]) -> float:
    return sum(w**2 / n for w, n in zip(weights, shots, strict=True))


def brute_equal(weights: list[float], *, shots: int, units: int, low: int) -> float:
    choices = product(range(1, units + 1), repeat=len(weights))
    fits = [c for c in choices if sum(c) <= units and shots // sum(c) >= low]
    return min(variance(weights, [k * (shots // sum(c)) for k in c]) for c in fits)


@given(weights_of, st.integers(20, 60), st.integers(3, 8))
def test_equal_shots_are_as_good_as_brute_force(
    weights: list[float], shots: int, units: int
) -> None:
    got = allocate(weights, shots=shots, max_units=units, min_shots=3)
    best = brute_equal(weights, shots=shots, units=units, low=3)
    assert variance(weights, got.shots) == pytest.approx(best, rel=1e-9)


@given(
    weights_of | st.lists(st.sampled_from([1.0, 2.0, 3.0, 10.0]), min_size=1, max_size=3),
    st.integers(6, 24),
    st.integers(1, 2),
)
@example([3.0, 3.0, 10.0], 14, 2)
def test_free_shots_are_as_good_as_brute_force(weights: list[float], shots: int, low: int) -> None:
    got = allocate(weights, shots=shots, max_units=None, min_shots=low)
    choices = product(range(low, shots + 1), repeat=len(weights))
    best = min(variance(weights, c) for c in choices if sum(c) <= shots)
    assert variance(weights, got.shots) == pytest.approx(best, rel=1e-9)


@given(
    st.lists(st.floats(0, 10), min_size=1, max_size=40),
    st.integers(400, 100_000),
    st.sampled_from([None, 40, 100]),
    st.sampled_from([None, 10, 5000]),
)
def test_no_limit_is_broken(
    weights: list[float], shots: int, units: int | None, most: int | None
) -> None:
    got = allocate(weights, shots=shots, max_units=units, min_shots=10, max_shots=most)
    assert sum(got.shots) <= shots
    assert min(got.shots_per_copy) >= 10
    assert most is None or max(got.shots_per_copy) <= most
    assert min(got.copies) >= 1
    if units is not None:
        assert sum(got.copies) <= units
        assert len(set(got.shots_per_copy)) == 1


@given(st.floats(0.1, 5), st.integers(1, 5))
def test_equal_weights_take_no_more_copies_than_groups(weight: float, n: int) -> None:
    got = allocate([weight] * n, shots=1000 * n, max_units=100, min_shots=10)
    assert got.copies == (1,) * n


@given(
    st.lists(st.floats(0.01, 10), min_size=1, max_size=40),
    st.integers(400, 10**8),
    st.integers(1, 10),
)
def test_no_single_shot_is_better_spent_elsewhere(
    weights: list[float], shots: int, low: int
) -> None:
    got = allocate(weights, shots=shots, max_units=None, min_shots=low).shots
    assert sum(got) == shots
    squares = [Fraction(w) ** 2 for w in weights]
    gains = [s / (n * (n + 1)) for s, n in zip(squares, got, strict=True)]
    losses = [s / (n * (n - 1)) for s, n in zip(squares, got, strict=True) if n > low]
    assert max(gains) <= min(losses, default=max(gains))


def test_free_shots_are_all_spent() -> None:
    got = allocate([3.0, 1.0], shots=1_000_003, max_units=None, min_shots=1)
    assert sum(got.shots) == 1_000_003
    assert got.shots[0] == pytest.approx(750_002, abs=2)


def test_groups_without_weight_get_the_least() -> None:
    assert allocate([0.0, 1.0], shots=100, max_units=None, min_shots=10).shots == (10, 90)
    assert allocate([0.0, 0.0], shots=100, max_units=None, min_shots=10).shots == (10, 10)


def test_a_group_above_the_limit_of_one_task_is_split() -> None:
    got = allocate([9.0, 1.0], shots=10_000, max_units=None, min_shots=100, max_shots=5000)
    assert got.copies == (2, 1)
    assert got.shots == pytest.approx((9000, 1000), abs=2)


def test_nothing_to_measure_needs_no_shots() -> None:
    assert allocate([], shots=100, max_units=10, min_shots=10).shots == ()
    assert allocate([], shots=100, max_units=None, min_shots=10).shots == ()


def test_weighted_shots_halve_the_variance_of_lih() -> None:
    weights = [g.norm for g in group(load("lih").hamiltonian)]
    weighted = allocate(weights, shots=100_000, max_units=100, min_shots=10)
    uniform = [100_000 // len(weights)] * len(weights)
    assert variance(weights, weighted.shots) < 0.5 * variance(weights, uniform)


def test_too_few_shots_are_refused_in_words() -> None:
    with pytest.raises(BadInput) as refusal:
        allocate([1.0] * 37, shots=100, max_units=100, min_shots=10, device="Cepheus")
    assert str(refusal.value) == (
        "37 measurement groups need at least 370 shots on Cepheus (10 each); got 100. "
        "Ask for at least 370 shots."
    )


def test_too_few_executables_are_refused_in_words() -> None:
    with pytest.raises(BadInput, match="37 measurement groups need at least 37 executables"):
        allocate([1.0] * 37, shots=10_000, max_units=30, min_shots=10)
