"""Points from CSV and Parquet files: checked once, kept as Parquet, read slice by slice.

A file's columns are the parameters, its rows the points; rows are counted from 1, without the
header. What a sweep reads is its own copy: it never sees a file that has changed since.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from datasets.files.writing import writing
from datasets.points.sources import GROUP_ROWS, SHOWN, columns_of
from tasks.errors import BadInput, StorageFault

Block = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PointTable:
    """Points in a Parquet file that `pin_points` wrote: groups of `GROUP_ROWS` rows."""

    path: Path
    parameters: tuple[str, ...]
    count: int

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.count

    def block(self, start: int, stop: int) -> Block:
        """Return the rows from `start` to before `stop`, reading their groups only."""
        from pyarrow.parquet import ParquetFile

        stop = min(stop, self.count)
        if start >= stop:
            return np.empty((0, len(self.parameters)))
        groups = range(start // GROUP_ROWS, -(-stop // GROUP_ROWS))
        with ParquetFile(self.path) as file:
            found = _matrix(file.read_row_groups(list(groups), columns=list(self.parameters)))
        offset = groups.start * GROUP_ROWS
        return found[start - offset : stop - offset]

    def holds(self, block: Block) -> NDArray[np.bool_]:
        """Tell nothing: rows of files coincide by their place only."""
        return np.zeros(len(block), dtype=bool)


def open_points(path: Path) -> PointTable:
    """Return the points in a file that `pin_points` wrote.

    Raises:
        StorageFault: it is gone or damaged.
    """
    from pyarrow.lib import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            return PointTable(path, tuple(file.schema_arrow.names), file.metadata.num_rows)
    except (OSError, ArrowException) as error:
        message = f"The sweep's points in {path} cannot be read: {error}. Start the sweep anew."
        raise StorageFault(message) from error


def pin_points(source: Path, *, pinned: Path, most: int) -> PointTable:
    """Check the points in a file and keep a copy; there may be at most `most`.

    Memory holds a group of rows at a time. Nothing is left behind when a row is refused.

    Raises:
        BadInput: the file cannot be read, or a column or a cell of it is no finite number.
        StorageFault: the copy cannot be written.
    """
    with _reading(source):
        names, batches = columns_of(source.expanduser())
    try:
        with writing(pinned) as file:
            count = _write(_checked(_read(batches, source), names, source, most=most), names, file)
            if not count:
                message = f"{source} has no rows. Give at least one point."
                raise BadInput(message)
    except OSError as error:
        message = f"{pinned} cannot be written: {error.strerror}. Make room for the points."
        raise StorageFault(message) from error
    return PointTable(pinned, tuple(sorted(names)), count)


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    """Raise what goes wrong with the file inside the block as a BadInput."""
    from pyarrow.lib import ArrowException

    try:
        yield
    except (OSError, ArrowException, ValueError, RuntimeError) as error:
        reason = " ".join(str(getattr(error, "strerror", None) or error).split())[:200]
        message = f"{source} cannot be read ({reason.rstrip('.')}). Give a CSV or Parquet file."
        raise BadInput(message) from error


def _read(batches: Iterator[Any], source: Path) -> Iterator[Any]:
    with _reading(source):
        yield from batches


def _checked(
    batches: Iterator[Any], names: Sequence[str], source: Path, *, most: int
) -> Iterator[Block]:
    """Yield the rows as numbers, columns in the order of their names."""
    order = sorted(range(len(names)), key=lambda place: names[place])
    count = 0
    for batch in batches:
        found = np.empty((len(batch), len(names)))
        for place, column in enumerate(order):
            found[:, place] = _column(batch.column(column), names[column], source, first=count + 1)
        count += len(found)
        if count > most:
            message = f"{source} has more than {most} points, which is the limit. Split the file."
            raise BadInput(message)
        yield found


def _column(column: Any, name: str, source: Path, *, first: int) -> Block:
    """Return one column of a batch whose first row has the number `first`."""
    import pyarrow as pa
    from pyarrow import compute

    kind = column.type
    if not (
        pa.types.is_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
    ):
        message = f"{source}: column {name} holds {kind}, not numbers. Give numbers."
        raise BadInput(message)
    text = compute.utf8_trim_whitespace(column) if pa.types.is_string(kind) else column
    try:
        numbers = text.cast(pa.float64())
    except pa.ArrowInvalid as error:
        raise _bad_cell(text, name, source, first) from error
    # Not by `to_numpy` or `fill_null`, which import pandas.
    if numbers.null_count:
        wrong = np.from_dlpack(compute.indices_nonzero(numbers.is_null()))
    else:
        values = np.asarray(np.from_dlpack(numbers), dtype=np.float64)
        wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        cell = column[int(wrong[0])].as_py()
        raise _refused(cell, name, source, first + int(wrong[0]))
    return values + 0.0


def _bad_cell(column: Any, name: str, source: Path, first: int) -> BadInput:
    """Find the cell that could not be cast."""
    import pyarrow as pa

    for place in range(len(column)):
        try:
            column[place : place + 1].cast(pa.float64())
        except pa.ArrowInvalid:
            return _refused(column[place].as_py(), name, source, first + place)
    return _refused(None, name, source, first)


def _refused(cell: object, name: str, source: Path, row: int) -> BadInput:
    shown = "nothing" if cell is None or cell == "" else repr(cell)[:SHOWN]
    wanted = "not a finite number"
    if isinstance(cell, int):
        wanted = "a whole number beyond 2^53, which is not held exactly"
    return BadInput(f"{source}: row {row}, column {name} has {shown}, {wanted}. Correct the cell.")


def _write(blocks: Iterator[Block], names: Sequence[str], file: IO[bytes]) -> int:
    """Write groups of equal size, and return the number of rows."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    columns = sorted(names)
    schema = pa.schema([pa.field(name, pa.float64(), nullable=False) for name in columns])
    count = 0
    with ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _regrouped(blocks):
            table = pa.table(list(group.T), schema=schema)
            writer.write_table(table, row_group_size=GROUP_ROWS)
            count += len(group)
    return count


def _regrouped(blocks: Iterator[Block]) -> Iterator[Block]:
    """Cut blocks of any size into groups of `GROUP_ROWS`, of which the last may be shorter."""
    held: list[Block] = []
    for block in blocks:
        held.append(block)
        while sum(map(len, held)) >= GROUP_ROWS:
            rows = np.concatenate(held)
            yield rows[:GROUP_ROWS]
            held = [rows[GROUP_ROWS:]]
    if any(map(len, held)):
        yield np.concatenate(held)


def _matrix(table: Any) -> Block:
    columns = [np.asarray(column.to_numpy()) for column in table.columns]
    return np.ascontiguousarray(np.stack(columns, axis=1))
