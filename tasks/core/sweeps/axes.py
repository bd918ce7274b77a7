"""The values that one parameter takes in a grid."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.errors import BadInput

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linear:
    """`count` values from `start` to `stop`, both included, at equal distances.

    Value i is `start + (stop - start) * p / q` with p/q the reduced form of i/(count - 1), so that
    a finer axis has the very same numbers wherever the two coincide.
    """

    name: str
    start: float
    stop: float
    count: int

    def __post_init__(self) -> None:
        """Check the axis.

        Raises:
            BadInput: the ends are not finite or too far apart, or the count does not fit them.
        """
        if self.count < 1:
            message = f"{self.name} has {self.count} values. Give at least one."
            raise BadInput(message)
        if not math.isfinite(self.stop - self.start):
            message = f"{self.name} runs from {self.start} to {self.stop}. Give finite numbers."
            raise BadInput(message)
        if (self.count == 1) != (self.start == self.stop):
            message = (
                f"{self.name} cannot take {self.count} values from {self.start} to {self.stop}, "
                f"both included. Write {self.name}={self.start} for one value."
            )
            raise BadInput(message)

    def __len__(self) -> int:
        """Return the number of values."""
        return self.count

    def at(self, index: NDArray[np.int64]) -> Values:
        """Return the values at indices."""
        if self.count == 1:
            return np.full(len(index), self.start + 0.0)
        shared = np.gcd(index, self.count - 1)
        share = (index // shared) * (self.stop - self.start) / ((self.count - 1) // shared)
        return np.where(index == self.count - 1, self.stop, self.start + share) + 0.0

    def holds(self, values: Values) -> NDArray[np.bool_]:
        """Tell which of `values` the axis has, exactly."""
        if self.count == 1:
            return np.asarray(values == self.start)
        # What lies far outside a tiny axis is many of its steps away: more than a number can say.
        inside = np.clip(values, min(self.start, self.stop), max(self.start, self.stop))
        place = (inside - self.start) / (self.stop - self.start) * (self.count - 1)
        index = np.clip(np.rint(place), 0, self.count - 1).astype(np.int64)
        return np.asarray(self.at(index) == values)


@dataclass(frozen=True, slots=True)
class Listed:
    """Values one by one, in their order."""

    name: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            BadInput: there are none, one is not finite, or one is there twice.
        """
        if not self.values:
            message = f"{self.name} has no values. Give at least one."
            raise BadInput(message)
        for value in self.values:
            if not math.isfinite(value):
                message = f"{self.name} has the value {value}. Give finite numbers."
                raise BadInput(message)
        if len(set(self.values)) < len(self.values):
            twice = next(v for v, times in Counter(self.values).items() if times > 1)
            message = f"{self.name} has the value {twice} twice. Give each value once."
            raise BadInput(message)

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self.values)

    def at(self, index: NDArray[np.int64]) -> Values:
        """Return the values at indices."""
        return np.asarray(self.values, dtype=np.float64)[index] + 0.0

    def holds(self, values: Values) -> NDArray[np.bool_]:
        """Tell which of `values` the axis has, exactly."""
        return np.isin(values, np.asarray(self.values))


Axis = Linear | Listed
