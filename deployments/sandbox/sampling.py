"""Outcomes drawn from a distribution over bit strings; the same for the same seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """What a circuit gives, before it is measured.

    `cumulative`: (2**n,) sums of the probabilities. `shifts`: which bit of an outcome each
    measured qubit is. `flips`: how likely each is misread. `success`: how likely an outcome is
    drawn at all; any other is a coin for each bit. `qubits`: labels, as they are reported.
    `result_types`: what the program asks for besides measurements.
    """

    cumulative: NDArray[np.float64]
    shifts: tuple[int, ...]
    flips: tuple[float, ...]
    success: float
    qubits: tuple[int, ...]
    result_types: tuple[object, ...] = ()


def cumulated(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the running sums, ending in exactly one."""
    sums = np.cumsum(np.clip(probabilities, 0.0, None))
    return np.asarray(sums / sums[-1])


def sample(
    distribution: Distribution, *, shots: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return the measured bits: (shots, n_measured), in the order of `distribution.qubits`."""
    size = len(distribution.cumulative)
    drawn = np.searchsorted(distribution.cumulative, rng.random(shots), side="right")
    drawn = np.minimum(drawn, size - 1)
    if distribution.success < 1.0:
        lost = rng.random(shots) >= distribution.success
        drawn = np.where(lost, rng.integers(0, size, shots), drawn)
    bits = (drawn[:, None] >> _row(distribution.shifts)) & 1
    misread = rng.random(bits.shape) < np.array(distribution.flips)
    return np.asarray(bits ^ misread, dtype=np.uint8)


def _row(shifts: Sequence[int]) -> NDArray[np.int64]:
    return np.array(shifts, dtype=np.int64)[None, :]
