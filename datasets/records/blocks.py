"""Counts of many points at once: what a sweep measures, as arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Form:
    """One circuit that is run at every point: its measurement basis and mitigation variant."""

    basis: str
    variant: str


@dataclass(frozen=True, slots=True, eq=False)
class CountsBlock:
    """The counts of `n_points` points in each of `forms`.

    Row `point * len(forms) + form` has `outcomes` (uint64, ascending, bit 0 the first measured
    qubit) and `counts` (uint32) from `offsets[row]` up to `offsets[row + 1]`; no row is empty.
    """

    n_points: int
    n_qubits: int
    forms: tuple[Form, ...]
    outcomes: NDArray[np.uint64]
    counts: NDArray[np.uint32]
    offsets: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many outcomes each row has: (n_points * len(forms),)."""
        return np.diff(self.offsets)

    @property
    def shots(self) -> NDArray[np.float64]:
        """How many shots came back: (n_points, len(forms))."""
        seen = np.add.reduceat(self.counts.astype(np.float64), self.offsets[:-1])
        return seen.reshape(self.n_points, len(self.forms))
