"""SPSA with two points an iteration, its step calibrated on a trigonometric landscape."""

from dataclasses import dataclass

import numpy as np

from tasks.core.optimisers.session import BudgetSpent, Landscape, Optimum, Points, Session

_STEP_DECAY = 0.602  # Spall (1998), IEEE Trans. Aerosp. Electron. Syst. 34, 817, section III
_PROBE_DECAY = 0.101  # the same
_STABILITY = 0.1  # the same: a tenth of the iterations are expected to be stable with full steps
_PROBE_RAD = 0.9  # the length of the probe: large, since the noise of a slope falls with it
_MAX_STEP_RAD = 1.0
_WINDOW = 10  # iterations over which the slopes must vanish in their noise
_STILL_RAD = 1e-6  # steps this small have converged where values carry no noise
_MAX_CALIBRATIONS = 5


@dataclass(frozen=True, slots=True)
class Probe:
    """One direction's slope per radian, its standard error, and the mean of the two values."""

    direction: Points
    slope: float
    stderr: float
    mean: float


def search(session: Session, landscape: Landscape) -> Optimum:
    """Follow random directions downhill and return the mean of the last iterates.

    The length of a step is the slope over the landscape's amplitude, which pairs of probes of two
    lengths at one place measure first. Averaging the tail cancels the noise of the last steps
    (Polyak and Juditsky 1992, SIAM J. Control Optim. 30, 838): over the last third of the
    iterations, or over the last 10 when the search has settled. It has when the last 10 slopes are
    together no larger than their standard errors: their mean squared ratio is at most 1.
    """
    path = [landscape.start]
    probes: list[Probe] = []
    steps: list[float] = []
    try:
        amplitude = _calibrate(session, landscape, path)
        while not _settled(probes, steps):
            probe = _probe(session, landscape, path[-1], number=len(path))
            step = _bounded(-_gain(landscape, len(path)) * probe.slope / amplitude)
            path.append(path[-1] + step * probe.direction)
            probes.append(probe)
            steps.append(step)
    except BudgetSpent:
        return Optimum(_mean(path[-max(1, len(path) // 3) :]), session.iterations, converged=False)
    return Optimum(_mean(path[-_WINDOW:]), session.iterations, converged=True)


def _calibrate(session: Session, landscape: Landscape, path: list[Points]) -> float:
    """Step along a few directions, two iterations each, and return the landscape's amplitude.

    Along a direction the value is taken as `a + b cos(x - x0)`; the slope gives `b sin`, the means
    of the pairs at two lengths give `b cos`, and the root mean square of b is returned, at least
    the noise of a slope.
    """
    squares: list[float] = []
    floor = 1e-12
    for _ in range(_calibrations(landscape)):
        direction = _direction(landscape)
        short = _pair(session, path[-1], direction, _PROBE_RAD)
        long = _pair(session, path[-1], direction, 2 * _PROBE_RAD)
        slope = (short.slope + long.slope) / 2
        bend = (short.mean - long.mean) / (np.cos(_PROBE_RAD) - np.cos(2 * _PROBE_RAD))
        squares.append(slope**2 + bend**2)
        floor = max(floor, short.stderr)
        amplitude = max(float(np.sqrt(np.mean(squares))), floor)
        path += [path[-1], path[-1] + _bounded(-slope / amplitude) * direction]
    return amplitude


def _calibrations(landscape: Landscape) -> int:
    affordable = landscape.max_iterations // _WINDOW
    return max(1, min(len(landscape.start), affordable, _MAX_CALIBRATIONS))


def _probe(session: Session, landscape: Landscape, point: Points, *, number: int) -> Probe:
    return _pair(session, point, _direction(landscape), _PROBE_RAD / number**_PROBE_DECAY)


def _direction(landscape: Landscape) -> Points:
    """Draw signs; the length is 1 in units where every parameter's highest frequency is 1."""
    count = len(landscape.start)
    signs = landscape.rng.choice([-1.0, 1.0], size=count)
    direction: Points = signs / (np.sqrt(count) * np.array(landscape.frequencies))
    return direction


def _pair(session: Session, point: Points, direction: Points, length: float) -> Probe:
    points = np.array([point + length * direction, point - length * direction])
    values, stderrs = session.ask(points)
    width = 2 * float(np.sin(length))
    slope = float(values[0] - values[1]) / width
    return Probe(direction, slope, float(np.hypot(*stderrs)) / width, float(np.mean(values)))


def _gain(landscape: Landscape, number: int) -> float:
    stability = _STABILITY * landscape.max_iterations
    return float(((stability + 1) / (stability + number)) ** _STEP_DECAY)


def _bounded(step: float) -> float:
    return max(-_MAX_STEP_RAD, min(_MAX_STEP_RAD, step))


def _settled(probes: list[Probe], steps: list[float]) -> bool:
    if len(probes) < _WINDOW:
        return False
    last = probes[-_WINDOW:]
    if all(probe.stderr > 0 for probe in last):
        return float(np.mean([(probe.slope / probe.stderr) ** 2 for probe in last])) <= 1.0
    return max(abs(step) for step in steps[-_WINDOW:]) < _STILL_RAD


def _mean(points: list[Points]) -> tuple[float, ...]:
    return tuple(np.mean(points, axis=0).tolist())
