"""The conversation between an optimiser and whoever evaluates: counted, checked, bounded."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.errors import ExecutionFailed

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The objective at one point and its standard error; 0.0 when it is exact."""

    value: float
    stderr: float = 0.0


Evaluate = Callable[[Points], Sequence[Evaluation]]


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best parameters known, the number of evaluate calls spent, and why it stopped.

    `converged` is False when the iterations ran out first.
    """

    parameters: tuple[float, ...]
    iterations: int
    converged: bool


@dataclass(frozen=True, slots=True)
class Landscape:
    """What every optimiser is given: where to start, frequencies, a budget, randomness."""

    start: Points
    frequencies: tuple[int, ...]
    max_iterations: int
    rng: np.random.Generator


class BudgetSpent(Exception):  # noqa: N818 - it ends a search through scipy's frames; no error
    """Every allowed iteration has been used."""


class Session:
    """Passes points on, counts the calls, and remembers the best first row of any call."""

    def __init__(self, evaluate: Evaluate, *, landscape: Landscape) -> None:
        self._evaluate = evaluate
        self._allowed = landscape.max_iterations
        self._lowest = math.inf
        self.best: Points = landscape.start
        self.iterations = 0

    @property
    def left(self) -> int:
        """How many more calls may be made."""
        return self._allowed - self.iterations

    def ask(self, points: Points) -> tuple[Points, Points]:
        """Return values and standard errors of `points` (n_points, n_params), as one iteration.

        The first row is the optimiser's present guess where it has one.

        Raises:
            BudgetSpent: no iteration is left; nothing was evaluated.
            ExecutionFailed: a value is missing, or not a finite number.
        """
        if self.left <= 0:
            raise BudgetSpent
        answers = self._evaluate(points)
        self.iterations += 1
        values = np.array([answer.value for answer in answers], dtype=float)
        stderrs = np.array([answer.stderr for answer in answers], dtype=float)
        self._check(points, values, stderrs)
        if values[0] < self._lowest:
            self._lowest, self.best = float(values[0]), points[0].copy()
        return values, stderrs

    def _check(self, points: Points, values: Points, stderrs: Points) -> None:
        if len(values) != len(points):
            message = (
                f"Iteration {self.iterations} asked for {len(points)} values and got "
                f"{len(values)}. Look at the executions of that iteration."
            )
            raise ExecutionFailed(message)
        good = np.isfinite(values) & np.isfinite(stderrs) & (stderrs >= 0)
        if not good.all():
            row = int(np.argmin(good))
            message = (
                f"Iteration {self.iterations} returned {values[row]} +- {stderrs[row]} for point "
                f"{row}; finite numbers are needed. Look at the executions of that iteration."
            )
            raise ExecutionFailed(message)
