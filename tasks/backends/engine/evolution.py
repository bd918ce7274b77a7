"""Evolve programs that begin alike together, at all points of a slab."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tasks.backends.engine.entries import Entries
from tasks.backends.engine.kernels import Slab, States, apply, reorder
from tasks.backends.engine.lowering import (
    DENSITY_MATRIX,
    STATE_VECTOR,
    Local,
    Operation,
    Picture,
    Segment,
    lower,
    matrix_at,
)
from tasks.backends.engine.program import Program, Step, Values

Columns = dict[str, Values]
_Members = list[tuple[int, tuple[Step, ...]]]


@dataclass(frozen=True, slots=True)
class Branch:
    """A stretch that some programs share: those that end with it, and how the others go on."""

    segment: Segment
    ends: tuple[int, ...]
    branches: tuple["Branch", ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to evolve some programs. `root.segment` follows `prefix`, (rows, 1 or 0 points)."""

    n_qubits: int
    picture: Picture
    prefix: NDArray[np.complex128] | NDArray[np.float64] | None
    root: Branch

    @property
    def bytes_per_point(self) -> int:
        """What the states of one point take, without the room to work in."""
        return int(self.picture.dimension**self.n_qubits * np.dtype(self.picture.dtype).itemsize)

    @property
    def bytes_of_matrices(self) -> int:
        """What the largest matrix of one point takes while it is made."""
        sizes = [len(each.where.indices) ** 2 for each in _locals(self.root) if not each.fixed]
        return 2 * np.dtype(np.complex128).itemsize * max(sizes, default=1)


@lru_cache(maxsize=64)
def plan(programs: tuple[Program, ...], *, noisy: bool) -> Plan:
    """Return how to evolve programs of one register; a loop asks for the same one every time.

    Raises:
        Uncovered: the engine cannot take a step of them.
    """
    picture = DENSITY_MATRIX if noisy else STATE_VECTOR
    n_qubits = programs[0].n_qubits
    numbered = [(number, program.steps) for number, program in enumerate(programs)]

    def branch(members: _Members, depth: int, *, opening: bool) -> Branch:
        shared = _shared([steps for _, steps in members], depth)
        segment = lower(
            members[0][1][depth:shared], n_qubits=n_qubits, picture=picture, opening=opening
        )
        groups: dict[Step, _Members] = {}
        for number, steps in members:
            if len(steps) > shared:
                groups.setdefault(steps[shared], []).append((number, steps))
        ends = tuple(number for number, steps in members if len(steps) == shared)
        further = (branch(group, shared, opening=False) for group in groups.values())
        return Branch(segment, ends, tuple(further))

    return _with_prefix(Plan(n_qubits, picture, None, branch(numbered, 0, opening=True)))


def evolve(
    found: Plan, columns: Columns, n_points: int, slab_points: int, *, batch: int
) -> Iterator[tuple[int, dict[int, States]]]:
    """Yield, slab by slab, the first point's place and the states of every program.

    States are (rows, slab_points), or (rows, 1) when no parameter came before the end.

    Args:
        found: the plan.
        columns: the values of each parameter, (n_points,).
        n_points: how many there are.
        slab_points: how many are evolved together.
        batch: for how many the matrices are computed together; a multiple of `slab_points`.
    """
    for first in range(0, n_points, batch):
        here = {name: column[first : first + batch] for name, column in columns.items()}
        matrices = _matrices(found, here)
        size = min(batch, n_points - first)
        for start in range(0, size, slab_points):
            stop = min(start + slab_points, size)
            ended: dict[int, States] = {}
            cut = _cut(matrices, slice(start, stop)) if stop - start < size else matrices
            slab = _opened(found, cut, stop - start)
            _walk(found.root, slab, cut, ended)
            yield first + start, ended


def _shared(sequences: Sequence[tuple[Step, ...]], depth: int) -> int:
    """Return how far all agree."""
    first, *others = sequences
    length = min(len(steps) for steps in sequences)
    for place in range(depth, length):
        if any(steps[place] != first[place] for steps in others):
            return place
    return length


_Matrices = dict[int, Entries]


def _locals(branch: Branch) -> Iterator[Local]:
    for each in (*branch.segment.starts, *branch.segment.operations):
        if isinstance(each, Local):
            yield each
    for further in branch.branches:
        yield from _locals(further)


def _matrices(found: Plan, columns: Columns) -> _Matrices:
    """Return the matrix of each operation at these points, by the operation's identity."""
    return {id(each): matrix_at(each, columns, found.picture) for each in _locals(found.root)}


def _cut(matrices: _Matrices, points: slice) -> _Matrices:
    return {
        key: [[e[points] if isinstance(e, np.ndarray) else e for e in row] for row in matrix]
        for key, matrix in matrices.items()
    }


def _walk(branch: Branch, slab: Slab, matrices: _Matrices, ended: dict[int, States]) -> None:
    """Perform a branch and those that follow; put the states of its ends into `ended`."""
    for operation in branch.segment.operations:
        _perform(operation, slab, matrices)
    for number in branch.ends:
        ended[number] = slab.states
    last = len(branch.branches) - 1
    for place, further in enumerate(branch.branches):
        own = slab if place == last and not branch.ends else slab.copy()
        _walk(further, own, matrices, ended)


def _perform(operation: Operation, slab: Slab, matrices: _Matrices) -> None:
    if isinstance(operation, Local):
        apply(slab, matrices[id(operation)], operation.where)
    else:
        reorder(slab, operation.source, operation.scale)


def _opened(found: Plan, matrices: _Matrices, n_points: int) -> Slab:
    """Return the slab at the start of the root's operations."""
    rows = found.picture.dimension**found.n_qubits
    states = np.empty((rows, n_points), dtype=found.picture.dtype)
    if found.prefix is not None:
        states[...] = found.prefix
        return Slab(states)
    return Slab(_product(found, matrices, n_points, out=states))


def _product(found: Plan, matrices: _Matrices, n_points: int, *, out: States) -> States:
    """Return the product of the qubits' own states, (rows, n_points)."""
    picture = found.picture
    states = np.ones((1, 1), dtype=picture.dtype)
    for number, start in enumerate(found.root.segment.starts):
        column = _column(matrices[id(start)] if start else None, picture)
        last = number == found.n_qubits - 1
        n_wide = n_points if last else max([states.shape[1], *(np.size(e) for e in column)])
        shape = (len(states), picture.dimension, n_wide)
        wider = out.reshape(shape) if last else np.empty(shape, dtype=picture.dtype)
        for digit, entry in enumerate(column):
            np.multiply(states, entry, out=wider[:, digit])
        states = wider.reshape(-1, n_wide)
    return states


def _column(matrix: Entries | None, picture: Picture) -> list[States | complex]:
    """Return what the matrix makes of |0>."""
    if matrix is None:
        return list(picture.start)
    places = [i for i, value in enumerate(picture.start) if value]
    return [sum(row[i] for i in places) for row in matrix]


def _with_prefix(found: Plan) -> Plan:
    """Evolve once, here, what comes before the first parameter."""
    segment = found.root.segment
    if any(start is not None and start.fixed is None for start in segment.starts):
        return found
    known = (not isinstance(o, Local) or o.fixed is not None for o in segment.operations)
    length = next((i for i, fixed in enumerate(known) if not fixed), len(segment.operations))
    opened = Branch(Segment(segment.starts, segment.operations[:length]), (0,), ())
    whole = Plan(found.n_qubits, found.picture, None, opened)
    ((_, ended),) = evolve(whole, {}, 1, 1, batch=1)
    rest = Branch(Segment((), segment.operations[length:]), found.root.ends, found.root.branches)
    return Plan(found.n_qubits, found.picture, ended[0], rest)
