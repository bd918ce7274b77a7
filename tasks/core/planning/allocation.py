"""Share shots among measurement groups so that the estimate's variance is least.

A Braket program set runs all its executables with the same number of shots, so there a group with
more weight gets more copies of its executable; elsewhere each group has its own number of shots.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tasks.errors import BadInput

_BISECTIONS = 200  # halves the ratio of the bounds past the precision of a float
_MARGIN = 1e-9  # how far above a threshold no gain is misjudged by the rounding of floats


@dataclass(frozen=True, slots=True)
class Allocation:
    """Group g runs `copies[g]` executables of `shots_per_copy[g]` shots each."""

    copies: tuple[int, ...]
    shots_per_copy: tuple[int, ...]

    @property
    def shots(self) -> tuple[int, ...]:
        """Shots a group, over all its copies."""
        return tuple(c * s for c, s in zip(self.copies, self.shots_per_copy, strict=True))


def allocate(
    weights: Sequence[float],
    *,
    shots: int,
    max_units: int | None,
    min_shots: int,
    max_shots: int | None = None,
    device: str = "this target",
) -> Allocation:
    """Minimise `sum(w**2 / shots)` over the groups with at most `shots` in all.

    With `max_units` all executables have the same shots and there are at most so many; ties go to
    the fewest copies. Without it shots are free per group, and copies appear only where a group
    needs more than `max_shots`. Shots that cannot lower the variance are not spent.

    Raises:
        BadInput: the shots or the units do not reach for one executable a group.
    """
    least = max(min_shots, 1)
    _check(len(weights), shots=shots, max_units=max_units, min_shots=least, device=device)
    if not weights:
        return Allocation((), ())
    if max_units is None:
        sizes = _free(weights, shots=shots, least=least)
        return _split(sizes, least=least, max_shots=max_shots)
    squares = _squares(weights)
    return _equal(squares, shots=shots, units=max_units, least=least, max_shots=max_shots)


def _check(n: int, *, shots: int, max_units: int | None, min_shots: int, device: str) -> None:
    if n * min_shots > shots:
        message = (
            f"{n} measurement groups need at least {n * min_shots} shots on {device} "
            f"({min_shots} each); got {shots}. Ask for at least {n * min_shots} shots."
        )
        raise BadInput(message)
    if max_units is not None and n > max_units:
        message = (
            f"{n} measurement groups need at least {n} executables; {device} was given "
            f"{max_units}. Allow more executables, or choose a problem with fewer groups."
        )
        raise BadInput(message)


def _squares(weights: Sequence[float]) -> list[float]:
    """Return the squares in units of the largest."""
    peak = max(weights) or 1.0
    return [(weight / peak) ** 2 for weight in weights]


def _equal(
    squares: list[float], *, shots: int, units: int, least: int, max_shots: int | None
) -> Allocation:
    """Add copies one by one where they help most, and keep the best total seen.

    For a given total, `sum(w**2 / copies)` is separable and convex, and for such sums taking the
    largest marginal gain each time is optimal (Fox 1966, Operations Research 14, 210).
    """
    copies = [1] * len(squares)
    best, best_value, inverse = tuple(copies), float("inf"), sum(squares)
    heap = [(-square / 2, g) for g, square in enumerate(squares)]
    heapq.heapify(heap)
    for total in range(len(squares), min(units, shots // least) + 1):
        if total > len(squares):
            gain, g = heap[0]
            inverse += gain
            copies[g] += 1
            heapq.heapreplace(heap, (-squares[g] / (copies[g] * (copies[g] + 1)), g))
        value = inverse / _capped(shots // total, max_shots)
        if value < best_value * (1 - 1e-12):
            best, best_value = tuple(copies), value
    each = _capped(shots // sum(best), max_shots)
    return Allocation(best, (each,) * len(best))


def _free(weights: Sequence[float], *, shots: int, least: int) -> list[int]:
    """Take every marginal gain safely above a threshold at once, then the rest one by one.

    Whatever gains are above the threshold are among the largest, so the exact order of the rest
    makes the whole the greedy allocation, which is optimal (Fox 1966, as above).
    """
    sizes = _above_threshold(np.asarray(_squares(weights)), shots=shots, least=least)
    squares = [Fraction(weight) ** 2 for weight in weights]
    heap = [
        (-square / (n * (n + 1)), g)
        for g, (square, n) in enumerate(zip(squares, sizes, strict=True))
    ]
    heapq.heapify(heap)
    for _ in range(shots - sum(sizes)):
        gain, g = heap[0]
        if gain == 0:
            break
        sizes[g] += 1
        heapq.heapreplace(heap, (-squares[g] / (sizes[g] * (sizes[g] + 1)), g))
    return sizes


def _above_threshold(squares: NDArray[np.float64], *, shots: int, least: int) -> list[int]:
    """Take all gains `w**2 / (n * (n + 1))` from `least` on that the shots allow but for a few.

    The threshold is found by bisection. What is taken lies a margin above it, so that all of it
    is taken by the greedy allocation too, whatever the rounding.
    """

    def sizes(threshold: float) -> NDArray[np.float64]:
        # The step from n to n + 1 is worth it while n * (n + 1) <= w**2 / threshold.
        last = np.floor(np.sqrt(squares / threshold + 0.25) - 0.5)
        taken: NDArray[np.float64] = np.maximum(last + 1, least)
        return taken

    # The largest square is 1: above 1 no gain counts, below `low` that group takes all the shots.
    low, high = -2 * float(np.log(shots + 2.0)), 0.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if sizes(np.exp(middle)).sum() > shots:
            low = middle
        else:
            high = middle
    return [int(size) for size in sizes(np.exp(high) * (1 + _MARGIN))]


def _split(sizes: list[int], *, least: int, max_shots: int | None) -> Allocation:
    """Cut what exceeds one task into equal copies; fewer shots than copies may be left over."""
    copies = [1 if max_shots is None else min(-(-n // max_shots), n // least) for n in sizes]
    each = [_capped(n // count, max_shots) for n, count in zip(sizes, copies, strict=True)]
    return Allocation(tuple(copies), tuple(each))


def _capped(each: int, max_shots: int | None) -> int:
    return each if max_shots is None else min(each, max_shots)
