"""What a run of the engine is asked for beside its programs, and what it gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.backends.engine.choice import SLAB_BYTES, Choice
from tasks.backends.engine.program import Values


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """The counts of some points.

    Row `point * n_programs + program` has `outcomes` and `counts` from `offsets[row]` up to
    `offsets[row + 1]`, outcomes ascending. Bit 0 of an outcome is the first measured qubit.
    """

    first_point: int
    n_points: int
    n_programs: int
    outcomes: NDArray[np.uint64]
    counts: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    choice: Choice


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """One array a program, (n_points, n_outcomes) or (n_points, n_paulis)."""

    values: tuple[Values, ...]
    choice: Choice


@dataclass(frozen=True, slots=True)
class Setting:
    """How to run; no result depends on it.

    `noisy` is None where the programs decide. `slab_bytes` bounds the states in memory, three
    times a worker.
    """

    noisy: bool | None = None
    workers: int = 1
    slab_bytes: int = SLAB_BYTES
    choice: Choice | None = None


DEFAULT = Setting()
