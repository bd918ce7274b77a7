"""Points of a sweep: any number of bindings of the free parameters, never held all at once.

Points know how many they are and give any slice of themselves, always the same. Columns are the
parameters in the order of their names, so the order in which axes are written means nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tasks.core.identity import canonical
from tasks.core.sweeps.axes import Axis
from tasks.errors import BadInput, UnknownName

MAX_POINTS: Final = 1_000_000_000
_TOLD = 10**30  # a number of points that a message spells out
_FACTORS = 20  # and how many lengths of axes
POINT_ID_LENGTH: Final = 32

Block = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Points(Protocol):
    """Bindings of the free parameters."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the columns, sorted."""
        ...

    def __len__(self) -> int:
        """Return how many points there are."""
        ...

    def block(self, start: int, stop: int) -> Block:
        """Return the points from `start` to before `stop`: (n, n_parameters) float64, finite."""
        ...

    def holds(self, block: Block) -> Mask:
        """Tell for each row of `block` whether it surely is one of these points: (n,) bool.

        Points that cannot tell say no.
        """
        ...


@dataclass(frozen=True, slots=True)
class Grid:
    """Every combination of the axes' values; the last axis, by name, changes fastest.

    Without axes it is the one point of a circuit that has no parameters.
    """

    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        """Put the axes in the order of their names.

        Raises:
            BadInput: two have one name, or there are too many points.
        """
        ordered = tuple(sorted(self.axes, key=lambda axis: axis.name))
        object.__setattr__(self, "axes", ordered)
        check_names(self.parameters)
        check_number([len(axis) for axis in ordered])

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the axes, sorted."""
        return tuple(axis.name for axis in self.axes)

    def __len__(self) -> int:
        """Return the product of the axes' lengths."""
        return prod(len(axis) for axis in self.axes)

    def block(self, start: int, stop: int) -> Block:
        """Return points by the arithmetic of their indices."""
        index = np.arange(start, stop, dtype=np.int64)
        found = np.empty((len(index), len(self.axes)))
        for place in range(len(self.axes) - 1, -1, -1):
            index, here = np.divmod(index, len(self.axes[place]))
            found[:, place] = self.axes[place].at(here)
        return found

    def holds(self, block: Block) -> Mask:
        """Tell which rows are points of the grid, exactly."""
        found = np.ones(len(block), dtype=bool)
        for axis, column in zip(self.axes, block.T, strict=True):
            found &= axis.holds(column)
        return found


@dataclass(frozen=True, slots=True)
class Rows:
    """Points written out one by one; `values[i][k]` binds parameter k, in the order of names."""

    parameters: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.values)

    def block(self, start: int, stop: int) -> Block:
        """Return a slice of the rows."""
        rows = self.values[start:stop]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.parameters))

    def holds(self, block: Block) -> Mask:
        """Tell which rows are in the list, exactly."""
        known = set(self.values)
        return np.array([tuple(row) in known for row in block.tolist()], dtype=bool)


def listed(parameters: Sequence[str], rows: Sequence[Sequence[float]]) -> Rows:
    """Return points from rows whose columns are `parameters`, in any order.

    Raises:
        BadInput: a name twice, a row of another length, a value that is not finite, or no rows.
    """
    check_names(parameters)
    check_number([len(rows)])
    order = sorted(range(len(parameters)), key=lambda place: parameters[place])
    for number, row in enumerate(rows, start=1):
        if len(row) != len(parameters):
            message = (
                f"Point {number} has {len(row)} values; there are {len(parameters)} parameters "
                f"({', '.join(parameters)}). Give one value for each."
            )
            raise BadInput(message)
        for name, value in zip(parameters, row, strict=True):
            if not np.isfinite(value):
                message = f"Point {number} has {name}={value}. Give finite numbers."
                raise BadInput(message)
    values = tuple(tuple(float(row[place]) + 0.0 for place in order) for row in rows)
    return Rows(tuple(sorted(parameters)), values)


def point_ids(parameters: Sequence[str], block: Block) -> tuple[str, ...]:
    """Return the identity of each row: of its names and its exact numbers, 32 hex digits.

    The same point has the same id in every sweep, whatever its place there; -0.0 is 0.0.
    """
    names = hashlib.sha256(canonical(list(parameters)))
    width = 8 * block.shape[1]
    content = exact_bytes(block)
    found: list[str] = []
    for row in range(len(block)):
        state = names.copy()
        state.update(content[row * width : (row + 1) * width])
        found.append(state.hexdigest()[:POINT_ID_LENGTH])
    return tuple(found)


def exact_bytes(block: Block) -> bytes:
    """Return the numbers of a block row by row, little-endian, with one zero."""
    return np.ascontiguousarray(block + 0.0, dtype="<f8").tobytes()


def check_parameters(points: Points, *, wanted: Sequence[str]) -> None:
    """Return when the points bind exactly the circuit's parameters, `wanted`.

    Raises:
        UnknownName: they bind one that the circuit does not have.
        BadInput: they leave one out.
    """
    for name in points.parameters:
        if not wanted:
            message = f"The circuit has no parameters, so {name} binds nothing. Remove it."
            raise BadInput(message)
        if name not in wanted:
            kind = "parameter"
            raise UnknownName(kind, name, wanted)
    missing = [name for name in wanted if name not in points.parameters]
    if missing:
        message = (
            f"The points give no value to {', '.join(missing)}. Add it, as in {missing[0]}=0:pi:10 "
            f"or {missing[0]}=0.5."
        )
        raise BadInput(message)


def check_names(names: Sequence[str]) -> None:
    """Return when no parameter is named twice.

    Raises:
        BadInput: the first that is.
    """
    seen = set[str]()
    for name in names:
        if name in seen:
            message = f"The parameter {name} is given twice. Give each parameter once."
            raise BadInput(message)
        seen.add(name)


def check_number(counts: Sequence[int]) -> None:
    """Return when the product of `counts` is a number of points that can be run.

    Raises:
        BadInput: it is 0, or more than `MAX_POINTS`.
    """
    total = prod(counts)
    if total < 1:
        message = "There are no points. Give at least one."
        raise BadInput(message)
    if total > MAX_POINTS:
        factors = str(total) if total < _TOLD else f"more than {_TOLD}"
        if 1 < len(counts) <= _FACTORS:
            factors = f"{' x '.join(map(str, counts))} = {factors}"
        message = f"{factors} points are too many; at most {MAX_POINTS}. Take fewer values."
        raise BadInput(message)
