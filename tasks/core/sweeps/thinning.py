"""Which points stand for all of them where there is room for some: in a plot, or in a table."""

from dataclasses import dataclass
from itertools import accumulate
from math import prod

from tasks.core.sweeps.points import Grid, Points

MAX_AXES = 2  # that vary: of more, a few lines of each are too many points


@dataclass(frozen=True, slots=True)
class Every:
    """Every `step`-th of the `length` values of an axis, which changes every `stride` points."""

    stride: int
    length: int
    step: int

    @property
    def kept(self) -> int:
        """How many values are kept; the first one always is."""
        return -(-self.length // self.step)


def thinned(points: Points, *, most: int) -> tuple[Every, ...]:
    """Return how to keep at most `most` points; of a grid over one or two parameters, a grid."""
    lengths = _lengths(points)
    strides = [*accumulate(lengths[:0:-1], initial=1, func=int.__mul__)][::-1]
    for widest in range(most, 0, -1):
        kept = tuple(
            Every(stride, length, -(-length // widest))
            for stride, length in zip(strides, lengths, strict=True)
        )
        if prod(each.kept for each in kept) <= most:
            break
    return kept


def _lengths(points: Points) -> tuple[int, ...]:
    if isinstance(points, Grid):
        lengths = tuple(len(axis) for axis in points.axes)
        if 0 < sum(length > 1 for length in lengths) <= MAX_AXES:
            return lengths
    return (len(points),)
