"""Rotosolve: put one parameter after another at the minimum of its trigonometric polynomial."""

from dataclasses import dataclass

import numpy as np

from tasks.core.optimisers.session import BudgetSpent, Landscape, Optimum, Points, Session

_FINDINGS = 2  # times in a row that every parameter must have been found where it is
_EXACT = 1e-9  # a sweep that gains less has converged when values carry no noise


@dataclass(frozen=True, slots=True)
class Series:
    """The function sum over k from -R to R of `coefficients[k + R] * exp(i k x)`, real for real x.

    `stderr` is the standard error of a value of the fit.
    """

    coefficients: np.ndarray[tuple[int], np.dtype[np.complex128]]
    stderr: float

    def at(self, angles: Points) -> Points:
        """Return the values at `angles` (n,)."""
        order = len(self.coefficients) // 2
        waves = np.exp(1j * np.outer(angles, np.arange(-order, order + 1)))
        values: Points = (waves @ self.coefficients).real
        return values

    def lowest(self) -> float:
        """Return the angle in (-pi, pi] of the least value, from the roots of the derivative."""
        order = len(self.coefficients) // 2
        slopes = self.coefficients * np.arange(-order, order + 1)
        angles: Points = np.angle(np.roots(slopes[::-1])).astype(float)
        if len(angles) == 0:
            return 0.0
        return float(angles[np.argmin(self.at(angles))])


def interpolate(values: Points, stderrs: Points) -> Series:
    """Return the polynomial through 2R+1 values at the offsets `2 pi m / (2R+1)`.

    arXiv:1905.09692 for R = 1, arXiv:2107.12390 for any R.
    """
    return Series(
        np.fft.fftshift(np.fft.fft(values)) / len(values), float(np.sqrt(np.mean(stderrs**2)))
    )


def search(session: Session, landscape: Landscape) -> Optimum:
    """Sweep over the parameters, one iteration each, until a whole sweep gains nothing.

    A move gains when the value is expected to fall by more than its standard error, or 1e-9 where
    values are exact. The first sweep never ends the search. A single parameter finds the same
    minimum again and goes to the mean of its findings; with several, each one's minimum moves with
    the others, and averaging would only lag behind.
    """
    point = landscape.start.copy()
    findings = [0] * len(point)
    try:
        while min(findings) < _FINDINGS:
            for k, frequency in enumerate(landscape.frequencies):
                step, gained = _move(session, point, k, frequency)
                findings[k] = 1 if gained else findings[k] + 1
                point[k] += step / (findings[k] if len(point) == 1 else 1)
    except BudgetSpent:
        return Optimum(tuple(point.tolist()), session.iterations, converged=False)
    return Optimum(tuple(point.tolist()), session.iterations, converged=True)


def _move(session: Session, point: Points, k: int, frequency: int) -> tuple[float, bool]:
    """Return how far the minimum over parameter k is, and whether going there gains."""
    count = 2 * frequency + 1
    points = np.repeat(point[None, :], count, axis=0)
    points[:, k] += 2 * np.pi * np.arange(count) / count
    series = interpolate(*session.ask(points))
    step = series.lowest()
    here, there = series.at(np.array([0.0, step]))
    return step, bool(here - there > max(series.stderr, _EXACT))
