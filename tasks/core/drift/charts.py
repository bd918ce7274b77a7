"""Change points of a series as it grows: a winsorised cumulative sum chart.

The chart is Page's (Biometrika 41, 1954, 100): the sum of what each value is worse than its level,
less an allowance, never below zero. A value counts for `LIMIT` robust sigmas at most, so that no
single one alarms, however wild. The sum is never restarted (Gandy and Lau, Biometrika 100, 2013,
125): its steady-state distribution turns it into a p-value at every moment, here by Brook and Evans
(Biometrika 59, 1972, 539) on a grid, for values that scatter like Student's t with `FREEDOM`.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tasks.core.drift.levels import levels

LIMIT: Final = 4.0  # robust sigmas that one value counts for at most
ALLOWANCE: Final = 1.0  # steps of twice as many sigmas are found soonest
FREEDOM: Final = (
    1.5  # of Student's t: real figures have outliers, and sigma is known from 15 to 30 values
)
CEILING: Final = 30.0  # beyond it the sum says nothing more
_GRID: Final = 301


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """The chart of a series, one entry a value; zero and NaN where there is no level yet.

    `sums` (n,), `scores` (n,) in robust sigmas, `median` and `sigma` (n,) of what each was compared
    with, and `onset` (n,): where the sum last left zero, which is when a change began.
    """

    sums: NDArray[np.float64]
    scores: NDArray[np.float64]
    median: NDArray[np.float64]
    sigma: NDArray[np.float64]
    onset: NDArray[np.int64]


def chart(values: NDArray[np.float64]) -> Chart:
    """Return the chart of values of which larger is worse; entry i needs no value after i."""
    known = levels(values)
    scores = (values - known.median) / known.sigma
    sums, onset = np.zeros(len(values)), np.arange(len(values), dtype=np.int64)
    last = 0.0
    for i in np.flatnonzero(~np.isnan(scores)).tolist():
        step = min(max(float(scores[i]), -LIMIT), LIMIT) - ALLOWANCE
        if last > 0.0:
            onset[i] = onset[i - 1]
        sums[i] = last = min(max(last + step, 0.0), CEILING)
    return Chart(sums, scores, known.median, known.sigma, onset)


def tail(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how likely sums as large as these are while nothing changes: (n,) p-values."""
    grid, beyond = _steady()
    places = np.searchsorted(grid, sums, side="right") - 1
    return np.where(sums > 0.0, beyond[places], 1.0)


@cache
def _steady() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return sums, ascending from 0, and how often the chart is at each or above."""
    grid = np.linspace(0.0, CEILING, _GRID)
    balance = _moves(grid).T - np.eye(_GRID)
    balance[-1] = 1.0  # one equation too many, and the shares add up to 1
    stays = np.clip(np.linalg.solve(balance, np.eye(_GRID)[-1]), 0.0, None)
    return grid, np.cumsum(stays[::-1])[::-1] / stays.sum()


def _moves(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chances of going from each sum to each other: (n, n), rows add up to 1."""
    from scipy.stats import t

    half = (grid[1] - grid[0]) / 2
    needed = grid[None, :] + half - grid[:, None] + ALLOWANCE
    below = t.cdf(needed, FREEDOM)
    below[needed >= LIMIT] = 1.0
    below[needed < -LIMIT] = 0.0
    below[:, -1] = 1.0
    return np.diff(below, axis=1, prepend=0.0)
