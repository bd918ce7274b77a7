"""Draw counts, each point from random numbers of its own.

The numbers of a point depend on the seed, the stream and the point's number alone, so neither
slabs nor workers change a count. A shot is a uniform number in [0, 1), and its outcome the first
whose cumulative probability is above it. With few outcomes the shots are never drawn one by one:
first a histogram of their leading bits, then further bits of just those shots that fall into the
cell of a threshold. A multinomial would need a generator a point, and how many numbers it takes
depends on the last bit of a probability.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.backends.engine.program import Values

Words = NDArray[np.uint64]

_BLOCK_SHOTS = 2**18  # as many shots at a time as stay in the cache
_FEW_OUTCOMES = 64  # as few always go through the histogram
_WORDS_PER_COUNTER = 4  # Philox makes four words of a counter
_TIE_COST = 16  # a shot in the cell of a threshold costs as much as so many cells
_BITS_OF_A_FRACTION = 53
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What some points gave: `outcomes` and `counts` of each `row`, rows ascending."""

    rows: NDArray[np.int64]
    outcomes: NDArray[np.uint64]
    counts: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where random numbers come from: the keys of a stream, and the number of the first point."""

    keys: Words
    point: int
    shots: int


def draw(found: Values, *, shots: int, seed: int, stream: int, first_point: int) -> Drawn:
    """Draw the counts of consecutive points.

    Args:
        found: probabilities, (n_points, n_outcomes).
        shots: of each point.
        seed: of the whole batch.
        stream: tells programs of one batch apart.
        first_point: the number of the first of these points.
    """
    state = np.random.SeedSequence(seed, spawn_key=(stream,)).generate_state(3, np.uint64)
    keys = state.astype(np.uint64, copy=False)
    few = found.shape[1] <= max(_FEW_OUTCOMES, shots)
    block = max(1, _BLOCK_SHOTS // max(shots, found.shape[1]))
    parts = []
    for start in range(0, len(found), block):
        some = found[start : start + block]
        source = _Source(keys, first_point + start, shots)
        part = (_by_histogram if few else _one_by_one)(some, source)
        parts.append(Drawn(part.rows + start, part.outcomes, part.counts))
    return joined(parts)


def joined(parts: list[Drawn]) -> Drawn:
    """Return all parts as one."""
    if len(parts) == 1:
        return parts[0]
    return Drawn(
        np.concatenate([part.rows for part in parts] or [np.empty(0, np.int64)]),
        np.concatenate([part.outcomes for part in parts] or [np.empty(0, np.uint64)]),
        np.concatenate([part.counts for part in parts] or [np.empty(0, np.uint32)]),
    )


def _by_histogram(found: Values, source: _Source) -> Drawn:
    shots = source.shots
    n_points, n_outcomes = found.shape
    below = np.empty((n_points, n_outcomes + 1), dtype=np.int64)
    below[:, 0], below[:, -1] = 0, shots
    cells, bits = _cells(n_outcomes, shots)
    thresholds: Values = np.cumsum(found, axis=1)[:, :-1]
    thresholds *= cells
    cell = thresholds.astype(np.int64)
    np.minimum(cell, cells - 1, out=cell)  # a sum may end a rounding above 1
    thresholds -= cell
    drawn = _leading(n_points, bits, source)
    rows = np.arange(n_points)[:, None]
    histogram = np.bincount((drawn + rows * cells).reshape(-1), minlength=n_points * cells)
    within = histogram.reshape(n_points, cells)
    before = np.cumsum(within, axis=1)
    before -= within
    below[:, 1:-1] = before[rows, cell]
    below[:, 1:-1] += _below_in_cell(below[:, 1:-1], within[rows, cell], thresholds, source)
    counts = np.diff(below, axis=1)
    places = np.flatnonzero(counts)
    return Drawn(
        places // n_outcomes,
        (places % n_outcomes).astype(np.uint64),
        counts.reshape(-1)[places].astype(np.uint32),
    )


def _cells(n_outcomes: int, shots: int) -> tuple[int, int]:
    """Return the number of cells that makes histogram and ties together cheapest, and its bits."""
    bits = round(np.log2(max(2.0, np.sqrt(_TIE_COST * n_outcomes * shots))))
    bits = min(max(bits, 1), 16)
    return 2**bits, bits


def _leading(n_points: int, bits: int, source: _Source) -> NDArray[Any]:
    """Return the leading bits of every shot, (n_points, shots) integers."""
    kind = np.dtype("<u2") if bits > 8 else np.dtype("u1")  # noqa: PLR2004 - bits of a byte
    words = _words(n_points, -(-source.shots * kind.itemsize // 8), source)
    drawn = words.astype("<u8", copy=False).view(kind)[:, : source.shots]
    return drawn >> (8 * kind.itemsize - bits)


def _words(n_points: int, words: int, source: _Source) -> Words:
    """Return the first random words of each point, (n_points, words)."""
    counters = -(-words // _WORDS_PER_COUNTER)
    generator = np.random.Philox(key=source.keys[:2], counter=source.point * counters)
    drawn: Words = generator.random_raw(n_points * counters * _WORDS_PER_COUNTER)
    return drawn.reshape(n_points, -1)


def _below_in_cell(
    first: NDArray[np.int64],
    held: NDArray[np.int64],
    fraction: Values,
    source: _Source,
) -> NDArray[np.int64]:
    """Return how many of the shots in the cell of each threshold are below it.

    Args:
        first: how many shots are in lower cells, which numbers those in the cell.
        held: how many are in the cell.
        fraction: where in the cell the threshold is, [0, 1).
        source: of further bits.
    """
    n_points = len(held)
    flat = held.reshape(-1)
    ends = np.cumsum(flat)
    owner = np.repeat(np.arange(flat.size), flat)
    number = np.arange(owner.size) - (ends - flat)[owner] + first.reshape(-1)[owner]
    points = np.arange(n_points, dtype=np.uint64) + np.uint64(source.point)
    base = points * np.uint64(source.shots)
    counter = np.repeat(base, held.sum(axis=1)) + number.astype(np.uint64)
    lower = _mixed(counter, source.keys[2]) < fraction.reshape(-1)[owner]
    return np.bincount(owner[lower], minlength=flat.size).reshape(held.shape)


def _mixed(counter: Words, key: np.uint64) -> Values:
    """Return a uniform number in [0, 1) for each counter: SplitMix64 at that place."""
    words = counter * _STEP
    words += key
    for shift, factor in zip((30, 27), _MIX, strict=True):
        words ^= words >> np.uint64(shift)
        words *= factor
    words ^= words >> np.uint64(31)
    return _fraction(words)


def _fraction(words: Words) -> Values:
    """Return random words as numbers in [0, 1)."""
    found = (words >> np.uint64(64 - _BITS_OF_A_FRACTION)).astype(np.float64)
    found *= 2.0**-_BITS_OF_A_FRACTION
    return found


def _one_by_one(found: Values, source: _Source) -> Drawn:
    shots = source.shots
    words = _words(len(found), shots, source)[:, :shots]
    uniform = np.sort(_fraction(words))
    thresholds = np.cumsum(found, axis=1)
    last = found.shape[1] - 1
    seen = np.empty(uniform.shape, dtype=np.int64)
    for row, (steps, shot) in enumerate(zip(thresholds, uniform, strict=True)):
        # Scaled, not the steps: what is 0 keeps its place, and the last outcome its end.
        seen[row] = np.minimum(steps.searchsorted(shot * steps[-1], side="right"), last)
    starts = np.ones(seen.shape, dtype=bool)
    np.not_equal(seen[:, 1:], seen[:, :-1], out=starts[:, 1:])
    places = np.flatnonzero(starts)
    lengths = np.diff(places, append=seen.size)
    return Drawn(
        places // shots, seen.reshape(-1)[places].astype(np.uint64), lengths.astype(np.uint32)
    )


def rows_of(drawn: Drawn, n_rows: int) -> NDArray[np.int64]:
    """Return where the counts of each row begin, and where all end: (n_rows + 1,)."""
    offsets = np.zeros(n_rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(drawn.rows, minlength=n_rows), out=offsets[1:])
    return offsets


def interleaved(parts: list[Drawn], *, of: int) -> Drawn:
    """Return the counts of several programs with the programs of a point side by side.

    Args:
        parts: one a program, rows numbering points.
        of: how many programs there are.
    """
    if of == 1:
        return parts[0]
    moved = [
        Drawn(part.rows * of + place, part.outcomes, part.counts)
        for place, part in enumerate(parts)
    ]
    whole = joined(moved)
    order = np.argsort(whole.rows, kind="stable")
    return Drawn(whole.rows[order], whole.outcomes[order], whole.counts[order])
