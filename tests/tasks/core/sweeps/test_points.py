"""Points know any slice of themselves, and a sweep with more of them begins with the same ones."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.core.sweeps.axes import Axis, Linear, Listed
from tasks.core.sweeps.points import (
    MAX_POINTS,
    Grid,
    Points,
    Rows,
    check_parameters,
    listed,
    point_ids,
)
from tasks.core.sweeps.samplers import Bound, Sampled, Sampler
from tasks.errors import BadInput, UnknownName

finite = st.floats(-1e6, 1e6)
names = st.sampled_from(["alpha", "beta", "gamma", "theta_1", "Z"])


@st.composite
def axes(draw: st.DrawFn, name: str) -> Axis:
    if draw(st.booleans()):
        values = draw(st.lists(finite, min_size=1, max_size=5, unique=True))
        return Listed(name, tuple(values))
    start, stop = draw(finite), draw(finite)
    return Linear(name, start, stop, 1 if start == stop else draw(st.integers(2, 9)))


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    return Grid(tuple(draw(axes(n)) for n in draw(st.lists(names, max_size=3, unique=True))))


@st.composite
def samples(draw: st.DrawFn) -> Sampled:
    chosen = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    bounds = []
    for name in chosen:
        low = draw(finite)
        bounds.append(Bound(name, low, low + draw(st.floats(1e-3, 1e3))))
    sampler = draw(st.sampled_from(Sampler))
    strata = draw(st.integers(1, 20)) if sampler is Sampler.LATIN_HYPERCUBE else None
    return Sampled(
        sampler, tuple(bounds), draw(st.integers(1, 90)), draw(st.integers(0, 2**53)), strata
    )


@st.composite
def lists(draw: st.DrawFn) -> Rows:
    chosen = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    row = st.lists(finite, min_size=len(chosen), max_size=len(chosen))
    return listed(chosen, draw(st.lists(row, min_size=1, max_size=12)))


points = st.one_of(grids(), samples(), lists())


def whole(value: Points) -> np.ndarray:
    return value.block(0, len(value))


@given(points, st.data())
@settings(max_examples=150)
def test_any_slice_is_a_part_of_the_whole(value: Points, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(value)))
    stop = data.draw(st.integers(start, len(value)))
    assert np.array_equal(value.block(start, stop), whole(value)[start:stop])


@given(points)
def test_points_are_finite_and_as_many_as_they_say(value: Points) -> None:
    found = whole(value)
    assert found.shape == (len(value), len(value.parameters))
    assert found.dtype == np.float64
    assert np.isfinite(found).all()
    assert list(value.parameters) == sorted(set(value.parameters))


@given(samples(), st.integers(1, 200))
def test_a_longer_sample_begins_with_the_shorter_one(value: Sampled, more: int) -> None:
    longer = Sampled(value.sampler, value.bounds, value.count + more, value.seed, value.strata or 7)
    shorter = Sampled(value.sampler, value.bounds, value.count, value.seed, value.strata or 7)
    assert np.array_equal(longer.block(0, len(shorter)), whole(shorter))


@given(samples())
def test_samples_stay_within_their_bounds(value: Sampled) -> None:
    found = whole(value)
    assert (found >= [bound.low for bound in value.bounds]).all()
    assert (found <= [bound.high for bound in value.bounds]).all()


@given(grids())
def test_a_grid_is_the_product_of_its_axes(value: Grid) -> None:
    columns = [axis.at(np.arange(len(axis))).tolist() for axis in value.axes]
    assert whole(value).tolist() == [list(point) for point in product(*columns)]


@given(grids(), st.randoms())
def test_the_order_of_axes_means_nothing(value: Grid, order: object) -> None:
    shuffled = list(value.axes)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Grid(tuple(shuffled)) == value


@given(finite, finite, st.integers(2, 1000))
def test_both_ends_are_included_and_values_lie_between(start: float, stop: float, n: int) -> None:
    if start == stop:
        stop = start + 1.0
    values = Linear("a", start, stop, n).at(np.arange(n))
    assert values[0] == start
    assert values[-1] == stop
    assert values.min() == min(start, stop)
    assert values.max() == max(start, stop)


@given(finite, finite, st.integers(1, 40), st.integers(2, 9))
def test_a_finer_axis_has_every_number_of_the_coarse_one(
    start: float, stop: float, steps: int, finer: int
) -> None:
    if start == stop:
        stop = start + 1.0
    coarse = Linear("a", start, stop, steps + 1)
    fine = Linear("a", start, stop, steps * finer + 1)
    index = np.arange(steps + 1)
    assert np.array_equal(coarse.at(index), fine.at(index * finer))
    assert fine.holds(coarse.at(index)).all()


@given(st.one_of(grids(), lists()))
@example(Grid((Linear("a", 0.0, 2.2e-309, 2),)))
def test_grids_and_lists_know_their_own_points_from_others(value: Grid | Rows) -> None:
    found = whole(value)
    assert value.holds(found).all()
    if value.parameters:
        assert not value.holds(found + 1e7).any()


@given(points)
def test_a_point_s_identity_is_its_numbers_and_names(value: Points) -> None:
    found = whole(value)
    ids = point_ids(value.parameters, found)
    assert len(set(ids)) == len({tuple(row) for row in found.tolist()})
    assert point_ids(value.parameters, found[::-1]) == ids[::-1]
    other = point_ids([f"{name}_" for name in value.parameters] or ["a"], found)
    assert not set(ids) & set(other)


def test_the_two_zeros_are_one_point() -> None:
    block = np.array([[0.0], [-0.0]])
    first, second = point_ids(["a"], block)
    assert first == second


@pytest.mark.parametrize("strata", [1, 7, 100])
def test_a_latin_hypercube_has_one_point_in_every_stratum(strata: int) -> None:
    cube = Sampled(
        Sampler.LATIN_HYPERCUBE, (Bound("a", 0, 1), Bound("b", 0, 1)), 3 * strata, 5, strata
    )
    for start in range(0, 3 * strata, strata):
        block = cube.block(start, start + strata)
        places = np.sort(np.floor(block * strata).astype(int), axis=0)
        assert (places == np.arange(strata)[:, None]).all()


@pytest.mark.parametrize("sampler", Sampler)
def test_another_seed_draws_other_points(sampler: Sampler) -> None:
    one, other = (whole(Sampled(sampler, (Bound("a", 0, 1),), 64, seed)) for seed in (1, 2))
    assert not np.array_equal(one, other)
    assert abs(one.mean() - 0.5) < 5 / math.sqrt(12 * 64)


def test_a_far_slice_of_a_huge_sweep_is_given_at_once() -> None:
    thousand = tuple(Linear(name, 0, 1, 1000) for name in "abc")
    grid = Grid(thousand)
    assert len(grid) == MAX_POINTS
    assert grid.block(MAX_POINTS - 1, MAX_POINTS).tolist() == [[1.0, 1.0, 1.0]]
    drawn = Sampled(Sampler.RANDOM, (Bound("a", 0, 1),), MAX_POINTS, 1)
    assert drawn.block(MAX_POINTS - 5, MAX_POINTS).shape == (5, 1)


def test_a_circuit_without_parameters_has_one_point() -> None:
    assert len(Grid(())) == 1
    assert Grid(()).block(0, 1).shape == (1, 0)
    assert len(point_ids((), Grid(()).block(0, 1))) == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Grid((Linear("a", 0, 1, 2), Listed("a", (1.0,)))), "a is given twice"),
        (lambda: Grid((Linear("a", 0, 1, 10**6), Linear("b", 0, 1, 10**6))), "1000000000000"),
        (lambda: Linear("a", 0, 1, 0), "at least one"),
        (lambda: Linear("a", 0, 1, 1), "both included"),
        (lambda: Linear("a", 1, 1, 5), "both included"),
        (lambda: Linear("a", 0, math.inf, 2), "finite"),
        (lambda: Linear("a", -1e308, 1e308, 2), "finite"),
        (lambda: Linear("a", math.nan, 1, 2), "finite"),
        (lambda: Listed("a", ()), "at least one"),
        (lambda: Listed("a", (1.0, math.nan)), "nan"),
        (lambda: Listed("a", (1.0, 2.0, 1.0)), "1.0 twice"),
        (lambda: listed(["a", "b"], [[1, 2], [3]]), "Point 2 has 1 values"),
        (lambda: listed(["a"], [[1], [math.nan]]), "Point 2 has a=nan"),
        (lambda: listed(["a"], []), "no points"),
        (lambda: Bound("a", 1, 0), "the lower one first"),
        (lambda: Bound("a", 0, math.inf), "finite"),
        (lambda: Sampled(Sampler.RANDOM, (), 5, 1), "needs? a parameter with a range"),
        (lambda: Sampled(Sampler.RANDOM, (Bound("a", 1, 1),), 5, 1), "parameter with a range"),
        (lambda: Sampled(Sampler.SOBOL, (Bound("a", 0, 1),), 0, 1), "no points"),
        (lambda: Sampled(Sampler.SOBOL, (Bound("a", 0, 1),), 10**10, 1), "at most 1000000000"),
        (lambda: Sampled(Sampler.SOBOL, (Bound("a", 0, 1),), 5, -1), "seed"),
        (lambda: Sampled(Sampler.LATIN_HYPERCUBE, (Bound("a", 0, 1),), 10**8, 1), "10x8000000"),
    ],
)
def test_points_that_cannot_be_are_refused(make: object, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        make()  # type: ignore[operator]


def test_points_must_bind_the_circuit_s_parameters_and_no_others() -> None:
    grid = Grid((Linear("theta", 0, 1, 2),))
    check_parameters(grid, wanted=("theta",))
    with pytest.raises(UnknownName, match=r"Unknown parameter 'theta'\. Choose one of: phi, psi"):
        check_parameters(grid, wanted=("phi", "psi"))
    with pytest.raises(BadInput, match=r"no value to phi\. Add it"):
        check_parameters(grid, wanted=("phi", "theta"))
    with pytest.raises(BadInput, match="no parameters"):
        check_parameters(grid, wanted=())
