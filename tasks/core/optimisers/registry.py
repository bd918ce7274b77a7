"""Choose an optimiser by name."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from tasks.core.optimisers import classical, rotosolve, spsa
from tasks.core.optimisers.session import Evaluate, Landscape, Optimum, Session
from tasks.errors import BadInput, UnknownName

_SEARCHES: dict[str, Callable[[Session, Landscape], Optimum]] = {
    "spsa": spsa.search,
    "rotosolve": rotosolve.search,
    **classical.searches(),
}


def known() -> tuple[str, ...]:
    """Return the names of the optimisers."""
    return tuple(_SEARCHES)


def optimise(
    name: str,
    evaluate: Evaluate,
    *,
    start: ArrayLike,
    frequencies: Sequence[int],
    max_iterations: int,
    rng: np.random.Generator,
) -> Optimum:
    """Minimise what `evaluate` returns, in at most `max_iterations` calls of it.

    Each call gets all the points (n_points, n_params) that the iteration needs. The points depend
    on the arguments, `rng` and the returned values alone, so replaying recorded values asks for the
    same points and carries on where the record ends.

    Raises:
        UnknownName: no such optimiser.
        BadInput: nothing to optimise, or no iteration to do it in.
        ExecutionFailed: an evaluation is missing or not finite.
    """
    if name not in _SEARCHES:
        raise UnknownName(kind="optimiser", name=name, known=known())
    point = np.array(start, dtype=float).ravel()
    _check(len(point), len(frequencies), max_iterations)
    landscape = Landscape(point, tuple(frequencies), max_iterations, rng)
    return _SEARCHES[name](Session(evaluate, landscape=landscape), landscape)


def _check(n_parameters: int, n_frequencies: int, max_iterations: int) -> None:
    if max_iterations < 1:
        message = f"An optimiser needs at least 1 iteration; got {max_iterations}. Allow more."
        raise BadInput(message)
    if n_parameters == 0 or n_parameters != n_frequencies:
        message = (
            f"Got {n_parameters} starting values and {n_frequencies} frequencies; at least one "
            "parameter is needed, with one of each. Start from the program's own parameters."
        )
        raise BadInput(message)


def needs_frequencies(name: str) -> bool:
    """Whether an optimiser relies on whole frequencies, for gradients or for whole moves."""
    return name == "rotosolve" or name in classical.WITH_SLOPES


def points_per_iteration(name: str, frequencies: Sequence[int]) -> int:
    """Return the most points that one iteration asks for: what a quote multiplies.

    Raises:
        UnknownName: no such optimiser.
    """
    if name not in _SEARCHES:
        raise UnknownName(kind="optimiser", name=name, known=known())
    if name == "spsa":
        return 3
    if name == "rotosolve":
        return 2 * max(frequencies) + 1
    return 1 + 2 * sum(frequencies) if name in classical.WITH_SLOPES else 1
