"""Points drawn from a box: at random, by a Sobol sequence, or by Latin hypercubes.

Each kind can be extended: with the same seed and bounds, fewer points are the beginning of more.
A slice is computed from its place alone, without what comes before it.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from threading import Lock
from typing import Any, Final, assert_never

import numpy as np
from numpy.typing import NDArray

from tasks.core.sweeps.points import Block, Mask, check_names, check_number
from tasks.errors import BadInput

MAX_SEED: Final = 2**53
MAX_HYPERCUBE_VALUES: Final = 8_000_000  # 64 MB: one hypercube is the only thing held as a whole
_DRAWS_PER_COUNT: Final = 4  # Philox makes four numbers of 64 bits at a time
_UNIT: Final = 2.0**-53

_sequences = Lock()  # a Sobol sequence has a place, which threads would move under each other


class Sampler(StrEnum):
    """How points are drawn."""

    RANDOM = "random"
    SOBOL = "sobol"
    LATIN_HYPERCUBE = "latin-hypercube"


@dataclass(frozen=True, slots=True)
class Bound:
    """A parameter's range, `low` included and `high` not; equal ends hold it fixed."""

    name: str
    low: float
    high: float

    def __post_init__(self) -> None:
        """Check the range.

        Raises:
            BadInput: it is not finite, or runs downwards.
        """
        if not np.isfinite(self.high - self.low) or self.high < self.low:
            message = (
                f"{self.name} is drawn from {self.low} to {self.high}. Give two finite numbers, "
                "the lower one first."
            )
            raise BadInput(message)


@dataclass(frozen=True, slots=True)
class Sampled:
    """`count` points in the box of `bounds`.

    `strata` is the number of points of one Latin hypercube; after each comes another one, with
    other numbers. The other samplers have none.
    """

    sampler: Sampler
    bounds: tuple[Bound, ...]
    count: int
    seed: int
    strata: int | None = None

    def __post_init__(self) -> None:
        """Put the bounds in the order of their names, and check them.

        Raises:
            BadInput: nothing to draw, a name twice, or a number out of its range.
        """
        ordered = tuple(sorted(self.bounds, key=lambda bound: bound.name))
        object.__setattr__(self, "bounds", ordered)
        check_names(self.parameters)
        check_number([self.count])
        if not any(bound.low < bound.high for bound in ordered):
            message = f"{self.sampler} points need a parameter with a range, as in theta=0:2*pi."
            raise BadInput(message)
        if not 0 <= self.seed <= MAX_SEED:
            message = f"The seed is {self.seed}; it must be 0 to {MAX_SEED}. Choose another."
            raise BadInput(message)
        self._check_strata()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the bounds, sorted."""
        return tuple(bound.name for bound in self.bounds)

    def __len__(self) -> int:
        """Return the number of points."""
        return self.count

    def block(self, start: int, stop: int) -> Block:
        """Return points by their place in the sequence."""
        start, stop = min(start, self.count), min(stop, self.count)
        lows = np.array([bound.low for bound in self.bounds])
        spans = np.array([bound.high - bound.low for bound in self.bounds])
        return np.asarray(lows + spans * self._shares(start, max(start, stop)) + 0.0)

    def holds(self, block: Block) -> Mask:
        """Tell nothing: drawn points coincide by their place in the sequence only."""
        return np.zeros(len(block), dtype=bool)

    def _shares(self, start: int, stop: int) -> Block:
        """Return numbers from 0 to below 1: (stop - start, n_parameters)."""
        width = len(self.bounds)
        match self.sampler:
            case Sampler.RANDOM:
                return _random(self.seed, start * width, stop * width).reshape(-1, width)
            case Sampler.SOBOL:
                return _sobol(self.seed, start, stop, width=width)
            case Sampler.LATIN_HYPERCUBE:
                return self._hypercubes(start, stop)
            case _:
                assert_never(self.sampler)

    def _hypercubes(self, start: int, stop: int) -> Block:
        strata, width = self.strata or self.count, len(self.bounds)
        parts = [np.empty((0, width))]
        for cube in range(start // strata, -(-stop // strata)):
            first = cube * strata
            whole = _hypercube(self.seed, cube, strata, width)
            parts.append(whole[max(start - first, 0) : stop - first])
        return np.concatenate(parts)

    def _check_strata(self) -> None:
        if self.sampler is not Sampler.LATIN_HYPERCUBE:
            return
        strata = self.strata or self.count
        largest = MAX_HYPERCUBE_VALUES // len(self.bounds)
        if strata > largest:
            message = (
                f"A Latin hypercube of {len(self.bounds)} parameters has at most {largest} points; "
                f"{strata} were asked for. Write several, as in 10x{largest}."
            )
            raise BadInput(message)


def _random(seed: int, start: int, stop: int) -> Block:
    """Return the numbers `start` to before `stop` of a stream, by its counter."""
    skipped = start % _DRAWS_PER_COUNT
    stream = np.random.Philox(key=seed)
    stream.advance(start // _DRAWS_PER_COUNT)
    raw: NDArray[np.uint64] = stream.random_raw(skipped + stop - start)
    return np.asarray((raw[skipped:] >> np.uint64(11)) * _UNIT)


def _sobol(seed: int, start: int, stop: int, *, width: int) -> Block:
    """Return scrambled points (Owen 1998, by a random matrix and a digital shift).

    The way to a far point leads over all before it, 3 ns each: the sequence is kept where it is.
    """
    if stop == start:
        return np.empty((0, width))
    with _sequences:
        engine = _sequence(seed, width)
        if engine.num_generated > start:
            engine.reset()
        if engine.num_generated < start:
            engine.fast_forward(start - engine.num_generated)
        if start:
            return np.asarray(engine.random(stop - start))
        # scipy warns of a first slice that is no power of 2: the balance is the whole sweep's.
        first = engine.random(1)
        return first if stop == 1 else np.concatenate([first, engine.random(stop - 1)])


@lru_cache(maxsize=4)
def _sequence(seed: int, width: int) -> Any:
    from scipy.stats import qmc

    return qmc.Sobol(width, scramble=True, rng=np.random.default_rng(seed))


@lru_cache(maxsize=1)
def _hypercube(seed: int, cube: int, strata: int, width: int) -> Block:
    from scipy.stats import qmc

    engine = qmc.LatinHypercube(width, rng=np.random.default_rng([seed, cube]))
    found = np.asarray(engine.random(strata))
    found.flags.writeable = False
    return found
