"""scipy's minimisers, asked one point (or one gradient's worth of points) at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from tasks.core.optimisers.session import BudgetSpent, Landscape, Optimum, Points, Session
from tasks.core.optimisers.shifts import gradient, shifted

_EXACT = 1e-10  # the value tolerance where values carry no noise
_RESOLVED = 0.1  # of the standard error of a value: finer than one value, as many will be taken
_STEP_RAD = 0.5  # the first step of methods that are given one
_UNLIMITED = 10**9  # the session counts the iterations


@dataclass(frozen=True, slots=True)
class Scale:
    """What the first evaluation says about a landscape; tolerances are absolute."""

    start: Points
    value: float
    value_tolerance: float
    radius_rad: float


@dataclass(frozen=True, slots=True)
class Method:
    """One of scipy's methods, and its own words for where to begin and when to stop.

    `slopes` says whether it wants gradients.
    """

    name: str
    options: Callable[[Scale], dict[str, Any]]
    slopes: bool = False


@dataclass(slots=True)
class _Objective:
    """Calls the session once a new point; scipy repeats points that it has already seen."""

    session: Session
    frequencies: tuple[int, ...]
    slopes: bool
    seen: dict[bytes, Any] = field(default_factory=dict)
    stderr: float = 0.0

    def __call__(self, point: Points) -> Any:
        key = np.ascontiguousarray(point, dtype=float).tobytes()
        if key not in self.seen:
            self.seen[key] = self._fresh(np.array(point, dtype=float))
        return self.seen[key]

    def _fresh(self, point: Points) -> Any:
        if not self.slopes:
            values, stderrs = self.session.ask(point[None, :])
            self.stderr = float(stderrs[0])
            return float(values[0])
        values, stderrs = self.session.ask(shifted(point, frequencies=self.frequencies))
        self.stderr = float(stderrs[0])
        return float(values[0]), gradient(values[1:], frequencies=self.frequencies)


def searches() -> dict[str, Callable[[Session, Landscape], Optimum]]:
    """Return a search for each method, by the name that users give."""
    return {method.name: partial(_search, method) for method in _METHODS}


def _search(method: Method, session: Session, landscape: Landscape) -> Optimum:
    """Minimise until scipy is satisfied or the iterations run out.

    The value tolerance is a tenth of the standard error of the first evaluation. The radius
    tolerance is its square root: near a minimum of unit curvature a step that small changes the
    value by half the tolerance.
    """
    from scipy.optimize import minimize

    objective = _Objective(session, landscape.frequencies, method.slopes)
    run: Any = minimize  # its overloads want literal methods
    try:
        options = method.options(_scale(objective, landscape.start))
        run(
            objective,
            landscape.start,
            method=method.name,
            jac=method.slopes or None,
            options=options,
        )
    except BudgetSpent:
        return Optimum(tuple(session.best.tolist()), session.iterations, converged=False)
    return Optimum(tuple(session.best.tolist()), session.iterations, converged=True)


def _scale(objective: _Objective, start: Points) -> Scale:
    first = objective(start)
    value = first[0] if objective.slopes else first
    tolerance = max(objective.stderr * _RESOLVED, _EXACT)
    return Scale(start, value, tolerance, min(float(np.sqrt(tolerance)), _STEP_RAD))


def _cobyla(scale: Scale) -> dict[str, Any]:
    return {"rhobeg": _STEP_RAD, "tol": scale.radius_rad, "maxiter": _UNLIMITED}


def _cobyqa(scale: Scale) -> dict[str, Any]:
    radii = {"initial_tr_radius": _STEP_RAD, "final_tr_radius": scale.radius_rad}
    return {**radii, "maxfev": _UNLIMITED, "maxiter": _UNLIMITED}


def _nelder_mead(scale: Scale) -> dict[str, Any]:
    # scipy's own first simplex is 0.00025 wide around zero, which noise drowns.
    steps = np.vstack([np.zeros(len(scale.start)), _STEP_RAD * np.eye(len(scale.start))])
    tolerances = {"fatol": scale.value_tolerance, "xatol": scale.radius_rad}
    unlimited = {"maxfev": _UNLIMITED, "maxiter": _UNLIMITED}
    return {"initial_simplex": scale.start + steps, **tolerances, **unlimited}


def _powell(scale: Scale) -> dict[str, Any]:
    tolerances = {"ftol": _relative(scale), "xtol": scale.radius_rad}
    return {**tolerances, "maxfev": _UNLIMITED, "maxiter": _UNLIMITED}


def _l_bfgs_b(scale: Scale) -> dict[str, Any]:
    tolerances = {"ftol": _relative(scale), "gtol": scale.value_tolerance}
    return {**tolerances, "maxfun": _UNLIMITED, "maxiter": _UNLIMITED}


def _slsqp(scale: Scale) -> dict[str, Any]:
    return {"ftol": scale.value_tolerance, "maxiter": _UNLIMITED}


def _relative(scale: Scale) -> float:
    return scale.value_tolerance / max(abs(scale.value), _EXACT)


_METHODS = (
    Method("cobyla", _cobyla),
    Method("cobyqa", _cobyqa),
    Method("nelder-mead", _nelder_mead),
    Method("powell", _powell),
    Method("l-bfgs-b", _l_bfgs_b, slopes=True),
    Method("slsqp", _slsqp, slopes=True),
)

WITH_SLOPES = frozenset(method.name for method in _METHODS if method.slopes)
