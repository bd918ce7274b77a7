"""Leave out of a batch what the lake already holds in files of other names.

Only the lake knows what has landed: a journal may have been restored from a backup. The same work
lands under other names when a run was stopped in between, or resumed from another home.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from datasets.contracts.content import plain
from datasets.lake import encoding
from datasets.lake.batches import Batch, prepare
from datasets.lake.naming import part
from datasets.lake.schema.schemas import SCHEMA_VERSIONS
from datasets.lake.stores import Store
from tasks.core.identity import digest
from tasks.errors import StorageFault

if TYPE_CHECKING:
    import pyarrow as pa

# The columns that identify what a row belongs to; rows of one such identity always land together.
TOLD_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "executions": ("execution_id",),
        "counts": ("execution_id",),
        "estimates": ("execution_id", "point", "observable", "method"),
        "iterations": ("iteration",),
        "spend": ("entry_id",),
    }
)
_MOST_FILES = 4096
_known: dict[str, frozenset[str]] = {}  # files never change: each is read once a process


def not_landed(store: Store, chunk: Sequence[Batch], *, folders: Sequence[str]) -> Iterator[Batch]:
    """Yield what of a chunk is still to land: its batches without the rows that are in the lake.

    Files are looked for in `folders`: first parts of keys, such as runs and experiments.

    Raises:
        StorageFault: one of those files is damaged.
    """
    for batch in chunk:
        files = list(_files(store, batch.label.table, folders))
        if batch.label.table not in TOLD_BY or not files:
            yield batch
        else:
            yield from _not_landed(store, batch, files=files)


def rows_of(store: Store, table: str, folder: str) -> list[dict[str, Any]]:
    """Return the rows of a table's files in one folder.

    Raises:
        StorageFault: a file is damaged.
    """
    found: list[dict[str, Any]] = []
    for path in _files(store, table, [folder]):
        found += _read(store, path, None).to_pylist()
    return found


def names_of(store: Store, table: str, folder: str) -> frozenset[str]:
    """Return the names of a table's files in one folder, without the suffix."""
    return frozenset(path.stem for path in _files(store, table, [folder]))


def folders_of(store: Store, table: str) -> frozenset[str]:
    """Return the folders that a table's files are in."""
    versions = range(1, SCHEMA_VERSIONS[table] + 1)
    found = (store.folders(PurePosixPath(table, f"v{version}")) for version in versions)
    return frozenset(name for names in found for name in names)


def _not_landed(store: Store, batch: Batch, *, files: Sequence[PurePosixPath]) -> Iterator[Batch]:
    import pyarrow as pa
    import pyarrow.compute as pc

    table, key = batch.label.table, batch.label.key
    names = _names(batch.rows, table)
    elsewhere: set[str] = set().union(
        *(_held(store, path, table) for path in files if path != batch.path)
    )
    here = _held(store, batch.path, table) if batch.path in files else frozenset()
    wanted = set(names.unique().to_pylist()) - elsewhere
    if here and wanted < here:
        return  # the file of this name already holds all of it, and more
    if here and wanted != here:
        wanted -= here
        key = (*key[:-1], f"{key[-1]}-{digest(sorted(wanted))[:16]}")
    if not wanted and len(names):
        return
    kept = batch.rows.filter(pc.is_in(names, value_set=pa.array(sorted(wanted), pa.string())))
    same = key == batch.label.key and len(kept) == len(batch.rows)
    yield batch if same else prepare(table, key, kept)


def _files(store: Store, table: str, folders: Sequence[str]) -> Iterator[PurePosixPath]:
    for version in range(1, SCHEMA_VERSIONS[table] + 1):
        for folder in dict.fromkeys(folders):
            for path in store.walk(PurePosixPath(table, f"v{version}", part(folder))):
                if path.suffix == ".parquet" and not path.name.startswith("."):
                    yield path


def _held(store: Store, path: PurePosixPath, table: str) -> frozenset[str]:
    place = store.locate(path)
    if place not in _known:
        if len(_known) >= _MOST_FILES:
            _known.clear()
        rows = _read(store, path, TOLD_BY[table])
        _known[place] = frozenset(_names(rows, table).unique().to_pylist())
    return _known[place]


def _read(store: Store, path: PurePosixPath, columns: Sequence[str] | None) -> "pa.Table":
    try:
        return encoding.decode(store.read(path), columns)
    except ValueError as error:
        where = store.locate(path)
        message = f"{where} is damaged. Move it away and land it again; `qrt verify` lists damage."
        raise StorageFault(message) from error


def _names(rows: "pa.Table", table: str) -> "pa.ChunkedArray":
    """Return the identity of each row (its `TOLD_BY` columns) as one text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    told = plain(rows.select(TOLD_BY[table]))
    texts = [told.column(name).cast(pa.string()) for name in told.column_names]
    return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, "\n")
