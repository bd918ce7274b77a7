"""Share shots among measurement groups so that the estimate's variance is least.

A Braket program set runs all its executables with the same number of shots, so there a group with
more weight gets more copies of its executable; elsewhere each group has its own number of shots.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.errors import BadInput

_BISECTIONS = 200  # halves the ratio of the bounds past the precision of a float


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
    _check(len(weights), shots=shots, max_units=max_units, min_shots=min_shots, device=device)
    if not weights:
        return Allocation((), ())
    peak = max(weights) or 1.0
    squares = [(weight / peak) ** 2 for weight in weights]
    if max_units is None:
        return _split(_free(squares, shots=shots, min_shots=min_shots), max_shots=max_shots)
    return _equal(squares, shots=shots, units=max_units, min_shots=min_shots, max_shots=max_shots)


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


def _equal(
    squares: list[float], *, shots: int, units: int, min_shots: int, max_shots: int | None
) -> Allocation:
    """Add copies one by one where they help most, and keep the best total seen.

    For a given total, `sum(w**2 / copies)` is separable and convex, and for such sums taking the
    largest marginal gain each time is optimal (Fox 1966, Operations Research 14, 210).
    """
    copies = [1] * len(squares)
    best, best_value = tuple(copies), float("inf")
    most = min(units, shots // max(min_shots, 1))
    for total in range(len(squares), most + 1):
        if total > len(squares):
            copies[max(range(len(squares)), key=lambda g: _gain(squares[g], copies[g]))] += 1
        each = _capped(shots // total, max_shots)
        value = sum(s / (c * each) for s, c in zip(squares, copies, strict=True))
        if value < best_value * (1 - 1e-12):
            best, best_value = tuple(copies), value
    each = _capped(shots // sum(best), max_shots)
    return Allocation(best, (each,) * len(best))


def _free(squares: list[float], *, shots: int, min_shots: int) -> list[int]:
    """Take every marginal gain above a threshold at once, then the last few one by one."""
    least = max(min_shots, 1)
    sizes = _threshold(np.asarray(squares), shots=shots, least=least)
    heap = [(-_gain(s, n), g) for g, (s, n) in enumerate(zip(squares, sizes, strict=True))]
    heapq.heapify(heap)
    for _ in range(shots - sum(sizes)):
        if not heap or heap[0][0] == 0.0:
            break
        _, g = heap[0]
        sizes[g] += 1
        heapq.heapreplace(heap, (-_gain(squares[g], sizes[g]), g))
    return sizes


def _threshold(squares: NDArray[np.float64], *, shots: int, least: int) -> list[int]:
    """Take all gains `w**2 / (n * (n + 1))` above the lowest threshold that the shots allow.

    That is a prefix of the greedy allocation, found by bisection.
    """

    def sizes(log_threshold: float) -> NDArray[np.float64]:
        ratio = squares / np.exp(log_threshold)
        taken: NDArray[np.float64] = np.maximum(np.floor(np.sqrt(ratio + 0.25) - 0.5), least)
        return taken

    # The largest square is 1: above 0 no gain counts, below `low` that group takes all the shots.
    low = -2 * float(np.log(shots + 2.0))
    return _bisect(sizes, low=low, high=0.0, shots=shots, least=least)


def _bisect(
    sizes: Callable[[float], NDArray[np.float64]],
    *,
    low: float,
    high: float,
    shots: int,
    least: int,
) -> list[int]:
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if sizes(middle).sum() > shots:
            low = middle
        else:
            high = middle
    # One step back from the threshold, where rounding may have taken one of two equal gains.
    return [max(int(size) - 1, least) for size in sizes(high)]


def _gain(square: float, n: int) -> float:
    return square / (n * (n + 1))


def _split(sizes: list[int], *, max_shots: int | None) -> Allocation:
    """Cut what exceeds one task into equal copies; fewer shots than copies may be left over."""
    copies = [1 if max_shots is None else -(-size // max_shots) for size in sizes]
    each = [size // count for size, count in zip(sizes, copies, strict=True)]
    return Allocation(tuple(copies), tuple(each))


def _capped(each: int, max_shots: int | None) -> int:
    return each if max_shots is None else min(each, max_shots)
