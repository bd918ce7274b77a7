"""A batch: rows on their way into the one file that their key names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from datasets.lake import encoding
from datasets.lake.conversion import Rows, to_table
from datasets.lake.likeness import difference
from datasets.lake.naming import file_path
from datasets.lake.stores import Store
from tasks.errors import StorageFault, Terminal

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Rows of one table with the file that they are for."""

    path: PurePosixPath
    label: encoding.Label
    rows: "pa.Table"


def prepare(table: str, key: Sequence[str], rows: Rows) -> Batch:
    """Give rows their schema, file name and checksums.

    Raises:
        Terminal: they do not fit the schema.
    """
    path = file_path(table, key)
    typed = to_table(table, rows)
    return Batch(path, encoding.label(table, tuple(key), typed), typed)


def landed(store: Store, batch: Batch) -> encoding.Label | None:
    """Return the label of the same landing if it is there already, None if the name is free.

    Raises:
        Terminal: other rows are there.
        StorageFault: what is there cannot be read.
    """
    try:
        data = store.read(batch.path)
    except FileNotFoundError:
        return None
    try:
        found = encoding.read_label(data)
        if found is not None and found.identity == _identity(batch, form=found.form):
            return found
        differs = _difference(data, found, batch)
    except ValueError as error:
        where = store.locate(batch.path)
        message = f"{where} is damaged. Move it away and land it again; `qrt verify` lists damage."
        raise StorageFault(message) from error
    if found is None or differs:
        message = (
            f"{store.locate(batch.path)} is landed already with {differs}, and landed files never "
            "change. `qrt verify` says whether it is whole: move it away if it is not, else start "
            "a new run."
        )
        raise Terminal(message)
    return found


def contents(batch: Batch) -> bytes:
    """Return the bytes of the batch's file.

    Raises:
        ValueError: there is a null where the schema allows none.
    """
    return encoding.encode(encoding.strict(batch.label.table, batch.rows), batch.label)


def publish(store: Store, batch: Batch, data: bytes | None = None) -> bool:
    """Make the batch's file appear; False when somebody else has just landed the same.

    `data` are its `contents`, where they are made already.

    Raises:
        Terminal: somebody else has just landed other rows.
    """
    try:
        store.publish(batch.path, contents(batch) if data is None else data)
    except FileExistsError:
        landed(store, batch)
        return False
    return True


def _identity(batch: Batch, *, form: int) -> str:
    """Return the batch's identity in the words of an older form."""
    told = batch.label
    if form == told.form:
        return told.identity
    return encoding.label(told.table, told.key, batch.rows, form=form).identity


def _difference(data: bytes, found: encoding.Label | None, batch: Batch) -> str | None:
    """Return what tells a file from the batch that has its name; None if nothing does.

    Raises:
        ValueError: it is damaged.
    """
    if found is None:
        return "rows that the lake did not write"
    rows = encoding.decode(data)
    if not encoding.is_as_labelled(rows, found):
        message = "its rows are not those of its checksum"
        raise ValueError(message)
    told = batch.label
    return difference(rows, batch.rows, table=told.table, key=told.key)
