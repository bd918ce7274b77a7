"""Rules that turn shifted values into gradients and minima of trigonometric polynomials."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.optimisers.rotosolve import interpolate
from tasks.core.optimisers.session import Points
from tasks.core.optimisers.shifts import gradient, shifted

orders = st.lists(st.integers(1, 4), min_size=1, max_size=3)


def polynomial(
    orders: list[int], seed: int
) -> tuple[Callable[[Points], float], Callable[[Points], list[float]]]:
    """Return a sum of one trigonometric polynomial a parameter, and its gradient."""
    rng = np.random.default_rng(seed)
    waves = [(rng.normal(size=r), rng.normal(size=r), np.arange(1, r + 1)) for r in orders]

    def value(point: Points) -> float:
        pairs = zip(waves, point, strict=True)
        return sum(a @ np.cos(k * x) + b @ np.sin(k * x) for (a, b, k), x in pairs)

    def slope(point: Points) -> list[float]:
        pairs = zip(waves, point, strict=True)
        return [(k * b) @ np.cos(k * x) - (k * a) @ np.sin(k * x) for (a, b, k), x in pairs]

    return value, slope


@given(orders, st.integers(0, 99))
def test_the_shift_rule_gives_the_exact_gradient(orders: list[int], seed: int) -> None:
    value, slope = polynomial(orders, seed)
    point = np.random.default_rng(seed + 1).uniform(-3, 3, len(orders))
    rows = shifted(point, frequencies=orders)
    assert rows.shape == (1 + 2 * sum(orders), len(orders))
    assert np.array_equal(rows[0], point)
    values = np.array([value(row) for row in rows])
    assert gradient(values[1:], frequencies=orders) == pytest.approx(slope(point), abs=1e-9)


@given(st.integers(1, 4), st.integers(0, 99))
def test_2r_plus_1_values_give_the_polynomial_and_its_lowest_point(order: int, seed: int) -> None:
    value, _ = polynomial([order], seed)
    nodes = 2 * np.pi * np.arange(2 * order + 1) / (2 * order + 1)
    values = np.array([value([x]) for x in nodes])
    series = interpolate(values, np.full(len(values), 0.1))
    grid = np.linspace(-np.pi, np.pi, 201)
    exact = np.array([value([x]) for x in grid])
    assert series.at(grid) == pytest.approx(exact, abs=1e-9)
    assert value([series.lowest()]) <= exact.min() + 1e-9
    assert series.stderr == pytest.approx(0.1)


def test_a_flat_function_stays_where_it_is() -> None:
    assert interpolate(np.ones(3), np.zeros(3)).lowest() == 0.0
