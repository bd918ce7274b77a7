"""The points that stand for all are few, and those of a grid are a grid."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.sweeps.axes import Linear
from tasks.core.sweeps.points import Grid, Points, listed
from tasks.core.sweeps.thinning import thinned


def grid(*lengths: int) -> Grid:
    return Grid(tuple(Linear(f"p{k}", 0.0, float(n > 1), n) for k, n in enumerate(lengths)))


def kept(points: Points, *, most: int) -> np.ndarray:
    numbers = np.arange(len(points))
    stays = np.ones(len(points), dtype=bool)
    for each in thinned(points, most=most):
        stays &= numbers // each.stride % each.length % each.step == 0
    return points.block(0, len(points))[stays]


@given(lengths=st.lists(st.integers(2, 150), min_size=1, max_size=2), most=st.integers(1, 300))
def test_of_a_grid_at_most_so_many_points_are_kept_and_they_are_a_grid(
    lengths: list[int], most: int
) -> None:
    found = kept(grid(*lengths), most=most)
    widths = [len(np.unique(column)) for column in found.T]
    assert 1 <= len(found) == np.prod(widths) <= most


@pytest.mark.parametrize("lengths", [(1000, 1000), (100, 100), (20, 1, 1000)])
def test_a_large_grid_keeps_some_of_every_parameter_that_varies(lengths: tuple[int, ...]) -> None:
    each = thinned(grid(*lengths), most=4000)
    assert all(one.kept >= min(one.length, 20) for one in each)
    assert 2000 <= np.prod([one.kept for one in each]) <= 4000


@pytest.mark.parametrize("points", [grid(5, 7, 9), listed(["p0"], [[k] for k in range(315)])])
def test_of_other_points_so_many_are_kept_evenly(points: Points) -> None:
    assert len(kept(points, most=100)) == 79


@pytest.mark.parametrize("points", [grid(), grid(3, 4), grid(2, 2, 2)])
def test_few_points_are_all_kept(points: Points) -> None:
    assert len(kept(points, most=100)) == len(points)
