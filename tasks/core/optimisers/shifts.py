"""The exact gradient of a trigonometric polynomial from shifted values."""

from collections.abc import Sequence

import numpy as np

from tasks.core.optimisers.session import Points


def shifted(point: Points, *, frequencies: Sequence[int]) -> Points:
    """Return `point` and below it every shifted point, (1 + 2 sum R, n_params)."""
    rows = [point]
    for k, frequency in enumerate(frequencies):
        for angle in _angles(frequency):
            row = point.copy()
            row[k] += angle
            rows.append(row)
    return np.array(rows)


def gradient(values: Points, *, frequencies: Sequence[int]) -> Points:
    """Return the gradient from the values at `shifted`, without the first (arXiv:2107.12390).

    For R integer frequencies from 1 the shifts are `(2m - 1) pi / 2R` and the weights
    `(-1)**(m-1) / (4R sin(shift / 2)**2)`, m = 1..2R.
    """
    slopes = np.empty(len(frequencies))
    start = 0
    for k, frequency in enumerate(frequencies):
        part = values[start : start + 2 * frequency]
        slopes[k] = part @ _weights(frequency)
        start += 2 * frequency
    return slopes


def _angles(frequency: int) -> Points:
    angles: Points = (2 * np.arange(2 * frequency) + 1) * np.pi / (2 * frequency)
    return angles


def _weights(frequency: int) -> Points:
    alternating = (-1.0) ** np.arange(2 * frequency)
    weights: Points = alternating / (4 * frequency * np.sin(_angles(frequency) / 2) ** 2)
    return weights
