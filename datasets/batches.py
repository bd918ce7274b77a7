"""A batch: rows on their way into the one file that their key names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from datasets import encoding
from datasets.conversion import Rows, to_table
from datasets.layout import file_path
from datasets.stores import Store
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
    where = store.locate(batch.path)
    try:
        found = encoding.read_label(data)
    except ValueError as error:
        message = f"{where} is damaged. Move it away and land it again; `qrt verify` lists damage."
        raise StorageFault(message) from error
    if found is None or found.identity != _identity(batch, form=found.form):
        message = (
            f"{where} is landed already with other rows, and landed files never change. "
            "Use another key, or move the file away if it is wrong."
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
