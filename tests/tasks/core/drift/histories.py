"""Made-up histories of a device's figures."""

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from tasks.core.drift.evidence import Reading, Series

START = datetime(2026, 5, 1, tzinfo=UTC)


def days(n_days: int) -> tuple[datetime, ...]:
    """Return so many days."""
    return tuple(START + timedelta(days=day) for day in range(n_days))


def readings(
    values: list[float], *, element: str = "3-8", metric: str = "cz_fidelity"
) -> list[Reading]:
    """Return a figure that was published each day."""
    return [
        Reading(element, metric, at, v) for at, v in zip(days(len(values)), values, strict=True)
    ]


def quiet(n_values: int, *, seed: int = 1) -> NDArray[np.float64]:
    """Return values around -5 that scatter by 0.2 and never change."""
    return np.random.default_rng(seed).normal(-5.0, 0.2, n_values)


def of(values: NDArray[np.float64], *, element: str = "3-8", metric: str = "cz_fidelity") -> Series:
    """Return a series with these badnesses."""
    return Series(element, metric, days(len(values)), values)
