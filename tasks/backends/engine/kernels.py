"""Apply small matrices to the states of a slab of points, which stand on the contiguous axis.

A slab is (dimension**n_qubits, n_points), qubit 0 the most significant digit of the first index. A
matrix that is the same at all points has numbers as entries; otherwise each entry is one value a
point, multiplied along contiguous memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.backends.engine.entries import Entries, blocks, is_one, is_zero

States = NDArray[Any]
_Index = tuple[int | slice, ...]


class Slab:
    """The states of some points, and room of the same size to work in."""

    def __init__(self, states: States) -> None:
        self.states = states
        self.spare = np.empty_like(states)
        self.room = np.empty_like(states)

    def copy(self) -> "Slab":
        """Return a slab with the same states, to be evolved on its own."""
        return Slab(self.states.copy())


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a matrix acts: the slab's shape with the touched qubits apart, and its views."""

    shape: tuple[int, ...]
    indices: tuple[_Index, ...]
    blocks: tuple[tuple[int, ...], ...]


def layout(qubits: Sequence[int], *, n_qubits: int, dimension: int, pattern: Entries) -> Layout:
    """Return where a matrix with the zeros of `pattern` acts; its first qubit is the slowest."""
    order = sorted(qubits)
    ends = [-1, *order, n_qubits]
    gaps = [dimension ** (after - before - 1) for before, after in pairwise(ends)]
    shape = [gaps[0]]
    for gap in gaps[1:]:
        shape += [dimension, gap]
    axes = {qubit: 1 + 2 * place for place, qubit in enumerate(order)}
    indices = []
    for digits in np.ndindex(*[dimension] * len(qubits)):
        index: list[int | slice] = [slice(None)] * len(shape)
        for qubit, digit in zip(qubits, digits, strict=True):
            index[axes[qubit]] = digit
        indices.append(tuple(index))
    return Layout(tuple(shape), tuple(indices), tuple(blocks(pattern)))


def apply(slab: Slab, matrix: Entries, where: Layout) -> None:
    """Multiply the states of the slab by a matrix."""
    n_points = slab.states.shape[-1]
    states = slab.states.reshape(*where.shape, n_points)
    spare = slab.spare.reshape(*where.shape, n_points)
    old = [states[index] for index in where.indices]
    new = [spare[index] for index in where.indices]
    room = slab.room.reshape(-1)[: old[0].size].reshape(old[0].shape)
    mixed = sum(len(block) for block in where.blocks if len(block) > 1)
    aside = 2 * mixed > len(old)  # then it is cheaper to write all anew than to copy back
    for block in where.blocks:
        if len(block) == 1:
            (i,) = block
            _scale(old[i], matrix[i][i], out=new[i] if aside else old[i])
            continue
        for i in block:
            _combine(matrix[i], old, block, out=new[i], room=room)
        if not aside:
            for i in block:
                np.copyto(old[i], new[i])
    if aside:
        slab.states, slab.spare = slab.spare, slab.states


def reorder(slab: Slab, source: NDArray[np.intp], scale: States | None) -> None:
    """Set row i to row `source[i]`, times `scale[i]`: (rows, 1)."""
    np.take(slab.states, source, axis=0, out=slab.spare, mode="clip")
    slab.states, slab.spare = slab.spare, slab.states
    if scale is not None:
        slab.states *= scale


def _scale(old: States, factor: Any, *, out: States) -> None:
    if not is_one(factor):
        np.multiply(old, factor, out=out)
    elif out is not old:
        np.copyto(out, old)


def _combine(
    row: Sequence[Any], old: Sequence[States], block: Sequence[int], *, out: States, room: States
) -> None:
    terms = [(row[j], old[j]) for j in block if not is_zero(row[j])]
    for number, (factor, part) in enumerate(terms):
        if number == 0:
            _scale(part, factor, out=out)
        elif is_one(factor):
            np.add(out, part, out=out)
        else:
            np.multiply(part, factor, out=room)
            np.add(out, room, out=out)
