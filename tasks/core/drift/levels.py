"""The level of a series and its trend, as robust figures that an outlier does not move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tasks.core.drift.evidence import Series

WINDOW: Final = 30  # values that a new one is compared with, at most
ENOUGH: Final = 15  # values before a new one is judged
LEAST_SIGMA: Final = 0.05  # a step of 5 % is within what a figure is known to
_NORMAL: Final = 1.4826  # median absolute deviation to standard deviation, for normal scatter
_DAY_S: Final = 86_400.0
_TWO: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What each value of a series is compared with: (n,) medians and robust sigmas before it.

    Both are NaN for the first `ENOUGH` values.
    """

    median: NDArray[np.float64]
    sigma: NDArray[np.float64]


def levels(values: NDArray[np.float64]) -> Levels:
    """Return median and scaled median absolute deviation of up to `WINDOW` values before each."""
    padded = np.concatenate([np.full(WINDOW, np.nan), values])
    before = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[: len(values)]
    median, sigma = (np.full(len(values), np.nan) for _ in range(_TWO))
    if len(values) > ENOUGH:
        known = before[ENOUGH:]
        median[ENOUGH:] = np.nanmedian(known, axis=1)
        spread = np.nanmedian(np.abs(known - median[ENOUGH:, None]), axis=1)
        sigma[ENOUGH:] = np.maximum(_NORMAL * spread, LEAST_SIGMA)
    return Levels(median, sigma)


def trend_per_day(series: Series) -> float:
    """Return the slope of the last `WINDOW` values (Theil-Sen: Sen 1968, JASA 63, 1379).

    In units of badness a day: 0.01 is 1 % more errors, or 1 % less time, each day.
    """
    from scipy.stats import theilslopes

    days = _days(series.at[-WINDOW:])
    if len(days) < _TWO or days[0] == days[-1]:
        return 0.0
    return float(theilslopes(series.badness[-WINDOW:], days).slope)


def _days(moments: Sequence[datetime]) -> NDArray[np.float64]:
    return np.array([(at - moments[0]).total_seconds() / _DAY_S for at in moments])
