"""Points that a program holds in memory, kept as a file that a sweep can be given."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from datasets.files.writing import make_folder, writing
from tasks.errors import BadInput, StorageFault

_NUMBERING: Final = "__index_level_"  # an index of pandas that nobody named, in Arrow tables


def keep_points(points: Any, *, folder: Path) -> Path:
    """Write a table of points into `folder` and return the file, which its content names.

    Args:
        points: a mapping of parameters to numbers or arrays, a pandas DataFrame or an Arrow table;
            a row is a point, and a single number stands in every row.
        folder: made if it is not there.

    Raises:
        BadInput: a column is not numbers, or the columns differ in length.
        StorageFault: the file cannot be written.
    """
    import pyarrow as pa
    from pyarrow import parquet

    columns = _columns(points)
    table = pa.table(columns)
    content = hashlib.sha256(repr(list(columns)).encode())
    for column in columns.values():
        content.update(column.tobytes())
    path = folder / f"{content.hexdigest()[:32]}.parquet"
    try:
        make_folder(folder)
        with writing(path) as stream:
            parquet.write_table(table, stream)
    except OSError as error:
        message = (
            f"The points cannot be kept in {folder}: {error.strerror}. "
            "Check the space and rights there."
        )
        raise StorageFault(message) from error
    return path


def is_table(points: object) -> bool:
    """Whether these are points as columns."""
    return isinstance(points, Mapping) or hasattr(points, "to_pandas") or hasattr(points, "columns")


def _columns(points: Any) -> "dict[str, np.ndarray[Any, np.dtype[np.float64]]]":
    found = {
        str(getattr(name, "name", name)): _numbers(name, column) for name, column in _items(points)
    }
    if not found:
        message = "The points have no columns. Give one for each parameter, such as theta."
        raise BadInput(message)
    if any(not column.size for column in found.values()):
        message = "The points have no rows. Give at least one point."
        raise BadInput(message)
    lengths = {name: column.shape[0] for name, column in found.items() if column.ndim}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        message = (
            f"The columns of the points differ in length: {told}. Give a value of each parameter "
            'for every point; a grid is written "theta=0:pi:10 phi=0:pi:10".'
        )
        raise BadInput(message)
    rows = max(lengths.values(), default=1)
    return {name: np.broadcast_to(column, rows).copy() for name, column in found.items()}


def _items(points: Any) -> "list[tuple[Any, Any]]":
    if isinstance(points, Mapping):
        return list(points.items())
    names = getattr(points, "column_names", None) or list(points.columns)
    kept = [name for name in names if not str(name).startswith(_NUMBERING)]
    return [(name, points[name]) for name in kept]


def _numbers(name: object, column: Any) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return a column as finite numbers, of no or one dimension."""
    try:
        found = np.asarray(column, dtype=np.float64) + 0.0
    except (TypeError, ValueError) as error:
        message = f"The column {name} of the points is not numbers: {error}. Give real numbers."
        raise BadInput(message) from error
    if found.ndim > 1:
        message = f"The column {name} of the points has {found.ndim} dimensions. Give a list."
        raise BadInput(message)
    bad = np.flatnonzero(~np.isfinite(found))
    if len(bad):
        value = found.reshape(-1)[bad[0]]
        message = f"Point {bad[0] + 1} has {name}={value}. Give finite numbers."
        raise BadInput(message)
    return found
