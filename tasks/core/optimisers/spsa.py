"""SPSA with a probe on either side of its guess, its step measured on a trigonometric landscape."""

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


@dataclass(frozen=True, slots=True)
class Probe:
    """What three values along one direction say: the slope per radian there, and the bend.

    Along a direction the value is taken as `a - b cos(x - x0)`: at x = 0 the slope is `-b sin x0`,
    the bend `b cos x0`. `stderr` is that of the slope.
    """

    direction: Points
    slope: float
    bend: float
    stderr: float


def search(session: Session, landscape: Landscape) -> Optimum:
    """Follow random directions downhill and return the mean of the last iterates.

    Each iteration asks for the guess itself, which shows how far the search has come and measures
    the bend, and for one probe on either side of it. The length of a step is the slope over the
    landscape's amplitude so far. Averaging the tail cancels the noise of the last steps (Polyak and
    Juditsky 1992, SIAM J. Control Optim. 30, 838): over the last third of the iterations, or over
    the last 10 when the search has settled. It has when the last 10 slopes are together no larger
    than their standard errors: their mean squared ratio is at most 1.
    """
    path = [landscape.start]
    probes: list[Probe] = []
    steps: list[float] = []
    try:
        while not _settled(probes, steps):
            probes.append(_probe(session, landscape, path[-1], number=len(path)))
            slope = probes[-1].slope / _amplitude(probes)
            steps.append(_bounded(-_gain(landscape, len(path)) * slope))
            path.append(path[-1] + steps[-1] * probes[-1].direction)
    except BudgetSpent:
        return Optimum(_mean(path[-max(1, len(path) // 3) :]), session.iterations, converged=False)
    return Optimum(_mean(path[-_WINDOW:]), session.iterations, converged=True)


def _amplitude(probes: list[Probe]) -> float:
    """Return the root mean square of b, at least the noise of a slope."""
    squares = [probe.slope**2 + probe.bend**2 for probe in probes]
    floor = max(*(probe.stderr for probe in probes), 1e-12)
    return max(float(np.sqrt(np.mean(squares))), floor)


def _probe(session: Session, landscape: Landscape, point: Points, *, number: int) -> Probe:
    direction, length = _direction(landscape), _PROBE_RAD / number**_PROBE_DECAY
    points = np.array([point, point + length * direction, point - length * direction])
    (here, ahead, behind), (_, *stderrs) = session.ask(points)
    width = 2 * float(np.sin(length))
    return Probe(
        direction=direction,
        slope=float(ahead - behind) / width,
        bend=float((ahead + behind) / 2 - here) / (1 - float(np.cos(length))),
        stderr=float(np.hypot(*stderrs)) / width,
    )


def _direction(landscape: Landscape) -> Points:
    """Draw signs; the length is 1 in units where every parameter's highest frequency is 1."""
    count = len(landscape.start)
    signs = landscape.rng.choice([-1.0, 1.0], size=count)
    direction: Points = signs / (np.sqrt(count) * np.array(landscape.frequencies))
    return direction


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
