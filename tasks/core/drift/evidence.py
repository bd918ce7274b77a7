"""What a device's history says of one figure of one qubit or pair: what was new, on its own scale.

Error rates are compared as log-odds and times as logarithms: there a figure scatters alike whether
it is good or bad, and twice the error is the same step everywhere.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

_EDGE: Final = 1e-9  # an error rate nearer to 0 or 1 is not told from this one


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure that can be used, and when it was published."""

    element: str
    metric: str
    at: datetime
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One figure of one element through time: only what was new, oldest first.

    `badness`: (n,) larger is worse; log-odds of an error rate, or minus the logarithm of a time.
    """

    element: str
    metric: str
    at: tuple[datetime, ...]
    badness: NDArray[np.float64]

    @property
    def name(self) -> str:
        """What people call it: `3-8 cz error`, `q3 t1`."""
        return f"{self.element} {quantity(self.metric)}"


def series(readings: Iterable[Reading]) -> tuple[Series, ...]:
    """Sort readings into series, by element and metric.

    A figure that was published again as it was is no new evidence, and left out; so are metrics of
    which it is not known what would be worse.
    """
    sorted_out: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        if _is_known(reading.metric):
            sorted_out[reading.element, reading.metric].append(reading)
    return tuple(
        Series(element, metric, tuple(r.at for r in new), _badnesses(new))
        for (element, metric), found in sorted(sorted_out.items())
        for new in [list(_new(found))]
    )


def badness(metric: str, value: float) -> float:
    """Return how bad a figure is: log-odds of the error rate, or minus the logarithm of a time."""
    if metric.endswith("_s"):
        return -math.log(value)
    error = min(max(value if "_given_" in metric else 1.0 - value, _EDGE), 1.0 - _EDGE)
    return math.log(error / (1.0 - error))


def figure(metric: str, bad: float) -> float:
    """Return a badness as the error rate, or the time in seconds, that it stands for."""
    return math.exp(-bad) if metric.endswith("_s") else 1.0 / (1.0 + math.exp(-bad))


def spoken(metric: str, bad: float) -> str:
    """Return a badness as people read the figure: `4.1 %` of errors, `31 us`."""
    known = figure(metric, bad)
    return f"{1e6 * known:.3g} us" if metric.endswith("_s") else f"{100 * known:.2g} %"


def quantity(metric: str) -> str:
    """Return what a metric measures, as something that gets worse or better."""
    if metric.endswith("_s"):
        return metric.removesuffix("_s")
    plain = metric.removesuffix("_fidelity").replace("_", " ")
    return plain if "given" in plain else f"{plain} error"


def _is_known(metric: str) -> bool:
    return metric.endswith(("_fidelity", "_s")) or "_given_" in metric


def _new(readings: Iterable[Reading]) -> Iterator[Reading]:
    last: Reading | None = None
    for reading in sorted(readings, key=lambda r: r.at):
        if last is None or reading.value != last.value:
            yield reading
        last = reading


def _badnesses(readings: Iterable[Reading]) -> NDArray[np.float64]:
    return np.array([badness(r.metric, r.value) for r in readings], dtype=np.float64)
