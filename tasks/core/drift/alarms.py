"""Which figures of a device alarm now, when all of them are looked at together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tasks.core.drift.charts import Chart, chart, tail
from tasks.core.drift.evidence import Series
from tasks.core.drift.levels import ENOUGH, trend_per_day

RATE: Final = 0.01  # share of false ones among alarms; if nothing changed, chance of any at a look
LEAST_STEP: Final = 3.0  # robust sigmas that a change must have now, to be worth an alarm
_LATEST: Final = 3  # values whose median is what a figure is now


@dataclass(frozen=True, slots=True)
class Finding:
    """How one figure of one element stands against its own history.

    `level` and `now` are badnesses: before the change, and the median of the latest values since
    it. `step` is between them in robust sigmas, `since` when the change began. Where `known` values
    are too few, nothing is compared, and `p_value` is 1.
    """

    element: str
    metric: str
    known: int
    level: float
    now: float
    step: float
    trend_per_day: float
    since: datetime
    p_value: float
    alarm: bool = False


def findings(every: Sequence[Series]) -> tuple[Finding, ...]:
    """Return how each series stands at its end, with those that alarm marked."""
    found = [_finding(series) for series in every]
    marks = alarming(np.array([f.p_value for f in found]), steps=np.array([f.step for f in found]))
    return tuple(
        replace(finding, alarm=mark) for finding, mark in zip(found, marks.tolist(), strict=True)
    )


def alarming(p_values: NDArray[np.float64], *, steps: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of many figures alarm: (n,).

    The false discovery rate is `RATE` (Benjamini and Hochberg, J. R. Stat. Soc. B 57, 1995, 289); a
    change that is sure but small does not alarm.
    """
    n_figures = len(p_values)
    order = np.argsort(p_values, kind="stable")
    below = p_values[order] <= RATE * np.arange(1, n_figures + 1) / max(n_figures, 1)
    found = np.zeros(n_figures, dtype=np.bool_)
    found[order[: np.max(np.flatnonzero(below), initial=-1) + 1]] = True
    return found & (steps >= LEAST_STEP)


def steps(drawn: Chart, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each value's figure then was from its level, in robust sigmas: (n,).

    What it was is the median of the last values since the change began.
    """
    found = np.zeros(len(values))
    for i in np.flatnonzero(drawn.sums > 0.0).tolist():
        now = np.median(values[max(int(drawn.onset[i]), i + 1 - _LATEST) : i + 1])
        found[i] = (now - drawn.median[i]) / drawn.sigma[i]
    return found


def _finding(series: Series) -> Finding:
    drawn = chart(series.badness)
    step = float(steps(drawn, series.badness)[-1])
    enough = len(series.badness) > ENOUGH
    level = float(drawn.median[-1]) if enough else float(np.median(series.badness))
    now = level + step * float(drawn.sigma[-1]) if step else float(series.badness[-1])
    return Finding(
        element=series.element,
        metric=series.metric,
        known=len(series.badness),
        level=level,
        now=now,
        step=step,
        trend_per_day=trend_per_day(series),
        since=series.at[int(drawn.onset[-1])],
        p_value=float(tail(drawn.sums[-1:])[0]),
    )
