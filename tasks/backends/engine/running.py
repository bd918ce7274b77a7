"""Run programs at many points: counts, probabilities or expectation values.

Programs that begin alike, such as the measurement bases of one circuit, are given together and
evolved together up to where they part. All take the same columns of points.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from tasks.backends.engine import outcomes, sampling, stock
from tasks.backends.engine.choice import Choice, choose, points_together
from tasks.backends.engine.evolution import Plan, evolve, plan
from tasks.backends.engine.kernels import States
from tasks.backends.engine.lowering import DENSITY_MATRIX, STATE_VECTOR, Picture
from tasks.backends.engine.program import (
    Program,
    Uncovered,
    Values,
    check_points,
    columns_of,
    parameters_of,
)
from tasks.backends.engine.results import DEFAULT, Counts, Estimates, Setting
from tasks.errors import BadInput

MATRIX_POINTS = 512  # the matrices of about so many points are computed together
MATRIX_BYTES = 2**26  # and no more than fit here, each


def counts(
    programs: Sequence[Program],
    points: Values,
    *,
    names: Sequence[str],
    shots: int | Sequence[int],
    seed: int,
    setting: Setting = DEFAULT,
) -> Counts:
    """Draw the counts of every program at every point.

    Args:
        programs: with the same register.
        points: radians, (n_points, n_parameters).
        names: the parameter of each column.
        shots: of each point, one number for all programs or one a program.
        seed: decides, with the point's number and the program's, what is drawn.
        setting: how to run.

    Raises:
        BadInput: the points do not fit the programs.
    """
    parts = list(
        counts_by_slab(programs, points, names=names, shots=shots, seed=seed, setting=setting)
    )
    if not parts:
        return _counts(sampling.joined([]), 0, 0, len(programs), _choice(programs, setting))
    ends = np.cumsum([0, *(part.offsets[-1] for part in parts)])
    return Counts(
        first_point=0,
        n_points=len(points),
        n_programs=len(programs),
        outcomes=np.concatenate([part.outcomes for part in parts]),
        counts=np.concatenate([part.counts for part in parts]),
        offsets=np.concatenate(
            [np.zeros(1, np.int64)]
            + [part.offsets[1:] + end for part, end in zip(parts, ends[:-1], strict=True)]
        ),
        choice=parts[0].choice,
    )


def counts_by_slab(
    programs: Sequence[Program],
    points: Values,
    *,
    names: Sequence[str],
    shots: int | Sequence[int],
    seed: int,
    first_point: int = 0,
    setting: Setting = DEFAULT,
) -> Iterator[Counts]:
    """Yield the same counts some points at a time, so that memory does not grow with the points.

    `first_point` is the number of the first of `points` where they are a part of more.
    """
    chosen = _choice(programs, setting)
    each = [shots] * len(programs) if isinstance(shots, int) else list(shots)
    for wanted in each:
        if not 0 < wanted <= np.iinfo(np.uint32).max:
            message = f"{wanted} shots cannot be drawn. Ask for 1 to {np.iinfo(np.uint32).max}."
            raise BadInput(message)

    def drawn(first: int, found: list[Values]) -> Counts:
        parts = [
            sampling.draw(p, shots=each[n], seed=seed, stream=n, first_point=first_point + first)
            for n, p in enumerate(found)
        ]
        whole = sampling.interleaved(parts, of=len(programs))
        return _counts(whole, first_point + first, len(found[0]), len(programs), chosen)

    yield from _run(programs, points, names, setting, chosen, finish=drawn)


def probabilities(
    programs: Sequence[Program],
    points: Values,
    *,
    names: Sequence[str],
    setting: Setting = DEFAULT,
) -> Estimates:
    """Return the probability of each outcome; bit 0 is the first measured qubit."""
    chosen = _choice(programs, setting)
    parts = list(_run(programs, points, names, setting, chosen, finish=_values))
    return Estimates(_stacked(parts, [2 ** len(p.measured) for p in programs]), chosen)


def expectations(
    program: Program,
    points: Values,
    *,
    names: Sequence[str],
    paulis: Sequence[str],
    setting: Setting = DEFAULT,
) -> Estimates:
    """Return the exact expectation value of each Pauli string, one letter a qubit of the register.

    Readout errors have no part in it.
    """
    chosen = _choice([program], setting)

    def read(states: States, _: Program, picture: Picture) -> Values:
        return outcomes.expectations(states, paulis, picture=picture)

    parts = list(_run([program], points, names, setting, chosen, finish=_values, read=read))
    return Estimates(_stacked(parts, [len(paulis)]), chosen)


def states(
    program: Program, points: Values, *, names: Sequence[str], setting: Setting = DEFAULT
) -> Estimates:
    """Return each point's states, (n_points, rows), as the picture writes them."""
    chosen = _choice([program], setting)

    def read(found: States, _: Program, __: Picture) -> Values:
        return found.T.copy()

    parts = list(_run([program], points, names, setting, chosen, finish=_values, read=read))
    return Estimates(_stacked(parts, [0]), chosen)


_Read = Callable[[States, Program, Picture], Values]
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is read of the states of each program, and the parameter of each column of points."""

    programs: Sequence[Program]
    names: tuple[str, ...]
    read: _Read


def _values(_: int, found: list[Values]) -> list[Values]:
    return found


def _read_probabilities(found: States, program: Program, picture: Picture) -> Values:
    return outcomes.probabilities(
        found,
        program.measured,
        picture=picture,
        n_qubits=program.n_qubits,
        readout=program.readout,
    )


def _run(
    programs: Sequence[Program],
    points: Values,
    names: Sequence[str],
    setting: Setting,
    chosen: Choice,
    *,
    finish: Callable[[int, list[Values]], _Part],
    read: _Read = _read_probabilities,
) -> Iterator[_Part]:
    """Yield, slab by slab, what `finish` makes of its first point and each program's reading."""
    values = np.asarray(points, dtype=np.float64)
    check_points(values, tuple(names))
    missing = parameters_of(tuple(programs)) - set(names)
    if missing:
        message = f"The points have no column for {', '.join(sorted(missing))}. Add it."
        raise BadInput(message)
    if chosen.batched:
        made = plan(tuple(programs), noisy=chosen.noisy)
        reading = _Reading(programs, tuple(names), read)
        yield from _slabs(made, reading, values, setting=setting, finish=finish)
        return
    picture = DENSITY_MATRIX if chosen.noisy else STATE_VECTOR
    for number, point in enumerate(values):
        bound = dict(zip(names, map(float, point), strict=True))
        found = stock.states(programs, [bound], noisy=chosen.noisy)
        each = zip(found, programs, strict=True)
        yield finish(number, [read(s, program, picture) for s, program in each])


def _slabs(
    made: Plan,
    reading: _Reading,
    points: Values,
    *,
    setting: Setting,
    finish: Callable[[int, list[Values]], _Part],
) -> Iterator[_Part]:
    fitting = max(1, MATRIX_BYTES // made.bytes_of_matrices)
    slab = min(fitting, points_together(made.bytes_per_point, setting.slab_bytes))
    batch = max(1, min(fitting, MATRIX_POINTS) // slab) * slab

    def work(first: int) -> list[_Part]:
        here = columns_of(points[first : first + batch], reading.names)
        size = min(batch, len(points) - first)
        parts = []
        for start, ended in evolve(made, here, size, slab, batch=batch):
            wide = min(slab, size - start)
            found = [
                _spread(reading.read(ended[number], program, made.picture), wide)
                for number, program in enumerate(reading.programs)
            ]
            parts.append(finish(first + start, found))
        return parts

    starts = range(0, len(points), batch)
    if setting.workers == 1 or len(starts) <= 1:
        for first in starts:
            yield from work(first)
        return
    with ThreadPoolExecutor(setting.workers) as pool:
        for group in range(0, len(starts), 4 * setting.workers):  # memory stays bounded
            for found in pool.map(work, starts[group : group + 4 * setting.workers]):
                yield from found


def _choice(programs: Sequence[Program], setting: Setting) -> Choice:
    if setting.choice is not None:
        return setting.choice
    noisy = setting.noisy
    if noisy is None:
        noisy = any(program.is_noisy for program in programs)
    chosen = choose(programs[0].n_qubits, noisy=noisy)
    if chosen.batched:
        try:
            plan(tuple(programs), noisy=noisy)
        except Uncovered as error:
            return Choice(False, noisy, str(error))
    return chosen


def _spread(found: Values, n_points: int) -> Values:
    """Return one row a point where all points have the same."""
    return np.repeat(found, n_points, axis=0) if len(found) != n_points else found


def _stacked(parts: list[list[Values]], widths: Sequence[int]) -> tuple[Values, ...]:
    if not parts:
        return tuple(np.empty((0, width)) for width in widths)
    return tuple(np.concatenate(each) for each in zip(*parts, strict=True))


def _counts(
    found: sampling.Drawn, first: int, n_points: int, n_programs: int, chosen: Choice
) -> Counts:
    offsets = sampling.rows_of(found, n_points * n_programs)
    return Counts(first, n_points, n_programs, found.outcomes, found.counts, offsets, chosen)
