"""A sweep's specification, and the pieces of it that are still to run.

An experiment is what is measured, and how: the circuit, the observables, the mitigation, what the
device is asked to do to the outcomes, and the seed. How often and where it is measured is no part
of it: a sweep with more points, shots, repetitions or targets is the same experiment, asked for
more.

The work of a sweep is cut into chunks of points, and a chunk into pieces: those of its points that
lack the same shots on one target in one repetition. A piece's key is the digest of its content:
experiment, target, repetition, from which shot to which, and the exact numbers of its points. The
file that it lands in has that name. So

* an interrupted sweep cuts the same pieces again, finds the files that are there, and goes on with
  the first that is not; in the end the files are the same;
* a point that an earlier sweep of the experiment has measured as often is in no piece. Where the
  earlier points are the beginning of the new ones (a longer sample, list or file), or where both
  are grids, this is known from the two descriptions, without looking anything up;
* more shots make pieces of the missing shots alone, `first_shot` to before `last_shot`;
* points that a device could not measure (`lacking`) do not count as measured, and a piece that
  landed without some of its points has the key of the others.

An earlier sweep counts as run: one that was interrupted is finished first, or left out of
`earlier`, and then what it landed is found by `point_ids` instead (the argument `done`).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tasks.core.estimation.observables import Observable
from tasks.core.identity import EXECUTION_ID_LENGTH, digest
from tasks.core.mitigation.composition import Mitigation
from tasks.core.sweeps.points import Block, Mask, Points, exact_bytes, point_ids

CHUNK_POINTS: Final = 16_384
_SEED_DIGITS: Final = 13  # 52 bits, which JSON and doubles hold exactly

Shots = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lack:
    """A point, by its id, that was not measured on a target in a repetition, for good."""

    target: str
    repetition: int
    point_id: str


@dataclass(frozen=True, slots=True)
class SweepSpec:
    """A circuit at points, measured on targets.

    `circuit` is the digest of the circuit (`ReadCircuit.digest`), `mitigation` as in
    `Mitigation.parse`; `shots` are those of each point, target and repetition. `device` is what the
    device does to the outcomes in canonical JSON, such as debiasing; empty where it gives them as
    they are. `lacking` is what a sweep that was run did not get of it.
    """

    circuit: str
    observables: tuple[Observable, ...]
    targets: tuple[str, ...]
    points: Points
    shots: int
    repetitions: int = 1
    mitigation: str = "none"
    seed: int = 1
    device: str = ""
    lacking: frozenset[Lack] = frozenset()

    def n_circuits(self, n_groups: int) -> int:
        """Return how many circuits run on a target, with `n_groups` measurement groups."""
        scales = len(Mitigation.parse(self.mitigation).scales)
        return len(self.points) * self.repetitions * n_groups * scales

    @property
    def experiment_id(self) -> str:
        """The identity of what is measured: not of how many points, shots, repetitions, targets."""
        terms = sorted((o.name, digest(o.hamiltonian)) for o in self.observables)
        content = ["experiment", 1, self.circuit, terms, self.mitigation, self.seed]
        if self.device:  # what came before it has kept its name
            content.append(self.device)
        return digest(content)[:EXECUTION_ID_LENGTH]


@dataclass(frozen=True, slots=True)
class Piece:
    """Points of one chunk that lack the same shots on one target in one repetition.

    `rows` are runs of point numbers, from the first to before the last, in order. `content` is the
    key but for the `calibration`: its outcomes are drawn with the same dice under each.
    """

    content: str
    calibration: str
    target: str
    repetition: int
    first_shot: int
    last_shot: int
    rows: tuple[range, ...]

    @property
    def key(self) -> str:
        """Its identity, 40 hex digits: where calibrations are mixed it is its content's."""
        if not self.calibration:
            return self.content
        return digest(["piece under", self.content, self.calibration])[:EXECUTION_ID_LENGTH]

    @property
    def name(self) -> str:
        """What people call it: its points, counted from 1, and where they are measured."""
        first, last = self.rows[0].start + 1, self.rows[-1].stop
        return f"points {first:,} to {last:,} on {self.target}"

    @property
    def shots(self) -> int:
        """The shots that each of its points lacks."""
        return self.last_shot - self.first_shot

    @property
    def n_points(self) -> int:
        """How many points it has."""
        return sum(map(len, self.rows))

    @property
    def seed(self) -> int:
        """The seed of its outcomes, from its content: the same wherever it is run again."""
        return int(digest(["seed", self.content])[:_SEED_DIGITS], 16)

    def numbers(self) -> NDArray[np.int64]:
        """Return the numbers of its points: (n_points,)."""
        runs = (np.arange(run.start, run.stop) for run in self.rows)
        return np.concatenate([np.zeros(0, dtype=np.int64), *runs])


def chunks(n_points: int, *, chunk_points: int = CHUNK_POINTS) -> Iterator[range]:
    """Yield the numbers of the points, chunk by chunk; the last one may be shorter."""
    for start in range(0, n_points, chunk_points):
        yield range(start, min(start + chunk_points, n_points))


def pieces(
    spec: SweepSpec,
    chunk: range,
    *,
    target: str,
    earlier: Sequence[SweepSpec] = (),
    done: Shots | None = None,
    calibration: str = "",
) -> tuple[Piece, ...]:
    """Return the pieces of a chunk that are still to run, in a fixed order.

    Args:
        spec: the sweep that is asked for.
        chunk: numbers of points.
        target: one of the sweep's.
        earlier: sweeps that were run to their end; those of other experiments do not count.
        done: (n_points, repetitions) int64, shots that are known to be there already.
        calibration: what it is measured on, where another one is another piece.
    """
    block = spec.points.block(chunk.start, chunk.stop)
    known = shots_done(spec, chunk, block, target=target, earlier=earlier)
    if done is not None:
        known = np.maximum(known, done)
    found: list[Piece] = []
    for repetition in range(spec.repetitions):
        column = known[:, repetition]
        for first in np.unique(column[column < spec.shots]).tolist():
            lacking = np.flatnonzero(column == first)
            shots = (first, spec.shots)
            content = piece_key(spec, target, repetition, shots, block[lacking])
            rows = _runs(lacking, chunk.start)
            found.append(Piece(content, calibration, target, repetition, *shots, rows))
    return tuple(found)


def shots_done(
    spec: SweepSpec, chunk: range, block: Block, *, target: str, earlier: Sequence[SweepSpec]
) -> Shots:
    """Return how many shots earlier sweeps took of each point: (n_points, repetitions) int64."""
    found = np.zeros((len(chunk), spec.repetitions), dtype=np.int64)
    for before in earlier:
        if before.experiment_id == spec.experiment_id and target in before.targets:
            seen = measured_before(chunk, block, spec.points.parameters, earlier=before.points)
            part = found[:, : before.repetitions]
            there = seen[:, None] & ~_lacking(before, block, target)[:, : part.shape[1]]
            part[there] = np.maximum(part[there], before.shots)
    return found


def without(piece: Piece, spec: SweepSpec, *, missing: Collection[int]) -> Piece:
    """Return a piece without points by their numbers; its key is that of what is left."""
    if not missing:
        return piece
    kept = np.setdiff1d(piece.numbers(), np.array(sorted(missing)))
    if not len(kept):
        return replace(piece, rows=())
    start = int(kept[0])
    block = spec.points.block(start, int(kept[-1]) + 1)[kept - start]
    shots = (piece.first_shot, piece.last_shot)
    content = piece_key(spec, piece.target, piece.repetition, shots, block)
    return replace(piece, content=content, rows=_runs(kept - start, start))


def _lacking(before: SweepSpec, block: Block, target: str) -> Mask:
    """Tell which points an earlier sweep did not get: (n_points, its repetitions) bool."""
    found = np.zeros((len(block), before.repetitions), dtype=bool)
    wanted = [lack for lack in before.lacking if lack.target == target]
    if wanted:
        ids = point_ids(before.points.parameters, block)
        for lack in wanted:
            found[[name == lack.point_id for name in ids], lack.repetition] = True
    return found


def measured_before(
    chunk: range, block: Block, parameters: Sequence[str], *, earlier: Points
) -> Mask:
    """Tell which points of a chunk are surely among `earlier` ones: (n_points,) bool."""
    if earlier.parameters != tuple(parameters):
        return np.zeros(len(chunk), dtype=bool)
    found = earlier.holds(block)
    stop = max(chunk.start, min(chunk.stop, len(earlier)))
    same_place = earlier.block(chunk.start, stop)
    found[: len(same_place)] |= (same_place == block[: len(same_place)]).all(axis=1)
    return found


def piece_key(
    spec: SweepSpec, target: str, repetition: int, shots: tuple[int, int], block: Block
) -> str:
    """Return the identity of a piece's content, 40 hex digits; it is also its file's name."""
    content = sha256(exact_bytes(block)).hexdigest()
    names = spec.points.parameters
    parts = ["piece", spec.experiment_id, target, repetition, *shots, names, len(block), content]
    return digest(parts)[:EXECUTION_ID_LENGTH]


def _runs(places: NDArray[np.int64], start: int) -> tuple[range, ...]:
    """Return consecutive places as ranges, counted from `start`."""
    cuts = np.flatnonzero(np.diff(places) != 1) + 1
    return tuple(
        range(int(run[0]) + start, int(run[-1]) + start + 1) for run in np.split(places, cuts)
    )
