"""From steps to the fewest passes over the states.

Neighbouring steps on the same qubits become one matrix; each qubit's first ones become the product
state that evolution starts from; runs of fixed gates that only permute and scale become one pass.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.backends.engine import gates, pauli_picture
from tasks.backends.engine.entries import Entries, Entry, identity, is_zero, product
from tasks.backends.engine.kernels import Layout, layout
from tasks.backends.engine.program import Step, Values, evaluate, names_of

MAX_REORDERED_ROWS = 2**14  # larger registers move single gates faster than whole rows
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """How states are written: numbers a qubit, their type, the matrix of a step, and |0>."""

    dimension: int
    dtype: type[np.generic]
    matrix: Callable[[Step, Sequence[Entry]], Entries]
    start: tuple[float, ...]


STATE_VECTOR = Picture(2, np.complex128, gates.matrix, (1.0, 0.0))
DENSITY_MATRIX = Picture(4, np.float64, pauli_picture.matrix, (1.0, 0.0, 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Local:
    """A matrix on some qubits: a product of factors, the first applied first."""

    qubits: tuple[int, ...]
    factors: tuple[Entries | Step, ...]
    where: Layout

    @property
    def fixed(self) -> Entries | None:
        """The matrix, when it is the same at all points."""
        (first, *more) = self.factors
        return None if more or isinstance(first, Step) else first


@dataclass(frozen=True, slots=True)
class Reorder:
    """Row i becomes row `source[i]` times `scale[i]`; no scale when all are 1."""

    source: NDArray[np.intp]
    scale: NDArray[Any] | None


Operation = Local | Reorder


@dataclass(frozen=True, slots=True)
class Segment:
    """Operations in order, after the product state that `starts` gives, one a qubit.

    `starts` is empty unless evolution begins here; None in it is a qubit in |0>.
    """

    starts: tuple[Local | None, ...]
    operations: tuple[Operation, ...]


def lower(steps: Sequence[Step], *, n_qubits: int, picture: Picture, opening: bool) -> Segment:
    """Return the passes for some steps; `opening` when they are a program's first.

    Raises:
        Uncovered: the picture cannot take a step.
    """
    locals_ = [_local(group, n_qubits, picture) for group in _grouped(steps)]
    starts: list[Local | None] = [None] * n_qubits
    if opening:
        touched: set[int] = set()
        for number, found in enumerate(locals_):
            if len(found.qubits) == 1 and found.qubits[0] not in touched:
                starts[found.qubits[0]] = found
                locals_[number] = _NOTHING
            touched.update(found.qubits)
    kept = [found for found in locals_ if found is not _NOTHING]
    return Segment(
        tuple(starts) if opening else (), tuple(_runs(kept, n_qubits=n_qubits, picture=picture))
    )


def matrix_at(found: Local, columns: dict[str, Values], picture: Picture) -> Entries:
    """Return the matrix at the points whose parameters are `columns`."""
    result: Entries | None = None
    for factor in found.factors:
        known = (
            picture.matrix(factor, [evaluate(angle, columns) for angle in factor.angles])
            if isinstance(factor, Step)
            else factor
        )
        result = known if result is None else product(known, result)
    return [] if result is None else [[_typed(e, picture.dtype) for e in row] for row in result]


def _typed(entry: Entry, dtype: type[np.generic]) -> Entry:
    """Return an array entry in the type of the states: numpy multiplies mixed types slowly."""
    return entry.astype(dtype, copy=False) if isinstance(entry, np.ndarray) else entry


@dataclass(slots=True)
class _Group:
    qubits: tuple[int, ...]
    steps: list[Step] = field(default_factory=list)

    def takes(self, step: Step) -> bool:
        """Whether one matrix for all is worth it: on pairs, when that keeps what is fixed."""
        small = len(self.qubits) == 1 or step.is_constant
        return self.qubits == step.qubits and small and len(self.qubits) <= _PAIR


def _grouped(steps: Sequence[Step]) -> list[_Group]:
    groups: list[_Group] = []
    last: dict[int, _Group] = {}
    for step in steps:
        before = last.get(step.qubits[0]) if step.qubits else None
        same = before is not None and all(last.get(q) is before for q in step.qubits)
        if before is None or not same or not before.takes(step):
            before = _Group(step.qubits)
            groups.append(before)
            last |= dict.fromkeys(step.qubits, before)
        before.steps.append(step)
    return groups


def _local(group: _Group, n_qubits: int, picture: Picture) -> Local:
    factors: list[Entries | Step] = []
    for step in group.steps:
        if not step.is_constant:
            factors.append(step)
            continue
        known = picture.matrix(step, [evaluate(angle, {}) for angle in step.angles])
        if factors and not isinstance(factors[-1], Step):
            factors[-1] = product(known, factors[-1])
        else:
            factors.append(known)
    where = layout(
        group.qubits,
        n_qubits=n_qubits,
        dimension=picture.dimension,
        pattern=_pattern(factors, picture),
    )
    return Local(group.qubits, tuple(factors), where)


def _pattern(factors: Sequence[Entries | Step], picture: Picture) -> Entries:
    """Return the matrix at some point, with the zeros that it has at every point."""
    steps = [factor for factor in factors if isinstance(factor, Step)]
    names = {name for step in steps for angle in step.angles for name in names_of(angle)}
    # Points of no meaning, near and far: what is 0 at all of them is 0 everywhere.
    rng = np.random.default_rng(0)
    somewhere = {
        name: np.concatenate([rng.uniform(0.1, 0.9, 4), rng.uniform(-9.0, 9.0, 12)])
        for name in sorted(names)
    }
    with np.errstate(all="ignore"):  # some may be outside what a function takes
        return matrix_at(Local((), tuple(factors), _NOWHERE), somewhere, picture)


def _runs(found: Sequence[Local], *, n_qubits: int, picture: Picture) -> Iterator[Operation]:
    """Delay what only permutes and scales, so that such operations meet and become one."""
    held: list[Local] = []
    busy: set[int] = set()
    small = picture.dimension**n_qubits <= MAX_REORDERED_ROWS
    for each in found:
        if small and each.fixed is not None and _permutes(each.fixed):
            held.append(each)
            busy.update(each.qubits)
            continue
        if busy.intersection(each.qubits):
            yield from _merged(held, n_qubits, picture)
            held, busy = [], set()
        yield each
    yield from _merged(held, n_qubits, picture)


def _permutes(matrix: Entries) -> bool:
    return all(sum(not is_zero(entry) for entry in row) == 1 for row in matrix)


def _merged(held: Sequence[Local], n_qubits: int, picture: Picture) -> Iterator[Operation]:
    if not held:
        return
    rows = picture.dimension**n_qubits
    source = np.arange(rows)
    scale = np.ones(rows, dtype=picture.dtype)
    for each in held:
        taken, factor = _permutation(each, rows)
        source, scale = source[taken], factor * scale[taken]
    scale = scale if picture.dtype is np.complex128 else scale.real
    plain = np.array_equal(source, np.arange(rows))
    if plain and len(held) == 1:
        yield held[0]
    elif np.all(scale == 1):
        yield from () if plain else (Reorder(source, None),)
    else:
        yield Reorder(source, scale[:, None])


def _permutation(each: Local, rows: int) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Return the row that each row comes from, and its factor."""
    numbers = np.arange(rows).reshape(each.where.shape)
    source, factor = np.empty_like(numbers), np.ones(numbers.shape, dtype=complex)
    for index, row in zip(each.where.indices, each.fixed or (), strict=True):
        (place,) = (j for j, entry in enumerate(row) if not is_zero(entry))
        source[index] = numbers[each.where.indices[place]]
        factor[index] = row[place]
    return source.reshape(-1), factor.reshape(-1)


_NOWHERE = Layout((), (), ())
_NOTHING = Local((), (identity(1),), _NOWHERE)
