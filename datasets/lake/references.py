"""Find what the rows of a chunk refer to: in the chunk itself first, then in the lake."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from datasets.contracts.content import plain
from datasets.contracts.meaning import (
    DERIVED,
    HELD_IN,
    REFERENCES,
    Related,
    counted,
    ids_in,
)
from datasets.lake import encoding
from datasets.lake.batches import Batch
from datasets.lake.naming import part
from datasets.lake.schema.schemas import SCHEMA_VERSIONS
from datasets.lake.stores import HERE, Store

if TYPE_CHECKING:
    import pyarrow as pa

# Tables whose files are named after what they hold; of others the run's folder is looked at first.
_NAMED: Final = frozenset({"programs", "compiled_programs", "device_snapshots"})
_MOST: Final = 100_000
_known: dict[tuple[str, str], set[str]] = {}  # by lake and kind: files never change


def related_to(store: Store, chunk: Sequence[Batch], *, folders: Collection[str]) -> Related:
    """Return the rows that those of a chunk are checked against; `folders` are looked at first.

    Raises:
        OSError: the lake cannot be read.
    """
    tables: dict[str, list[pa.Table]] = {}
    for batch in chunk:
        tables.setdefault(batch.label.table, []).append(batch.rows)
    known = {kind: _known_of(store, kind, tables, folders=folders) for kind in HELD_IN}
    sums: dict[str, int] = {}
    for rows in tables.get("counts", ()):
        for one, shots in counted(rows).items():
            sums[one] = sums.get(one, 0) + shots
    ours = _ids(tables, "executions", "execution_id")
    uncounted = ours - sums.keys()
    if "executions" in tables and uncounted:
        sums |= _sums(store, "counts", "count", ids=uncounted, folders=folders)
    alone = frozenset(sums) - ours
    returned = _sums(store, "executions", "shots_returned", ids=alone, folders=folders)
    return Related(known, sums, returned)


def remember(store: Store, chunk: Sequence[Batch]) -> None:
    """Keep in mind what has just landed, since later chunks refer to it."""
    for kind, places in HELD_IN.items():
        for table, column in places:
            for batch in chunk:
                if batch.label.table == table:
                    _keep(store, kind, ids_in(batch.rows.column(column)))


def _known_of(
    store: Store,
    kind: str,
    tables: "Mapping[str, Sequence[pa.Table]]",
    *,
    folders: Collection[str],
) -> frozenset[str]:
    """Return the ids of one kind that the chunk refers to, and that are with it or in the lake."""
    here = frozenset().union(*(_ids(tables, *place) for place in HELD_IN[kind]))
    wanted = frozenset().union(
        *(
            _ids(tables, table, reference.column)
            for table, references in REFERENCES.items()
            for reference in references
            if reference.to == kind and "dangling" in DERIVED[table]
        )
    )
    before = _known.get((store.locate(HERE), kind), set())
    missing = wanted - here - before
    for _, column, path in _places(store, HELD_IN[kind], ids=missing, folders=folders):
        if not missing:
            break
        found = missing & ids_in(_read(store, path, [column]).column(column))
        _keep(store, kind, found)
        missing -= found
    return wanted - missing


def _sums(
    store: Store, table: str, column: str, *, ids: frozenset[str], folders: Collection[str]
) -> dict[str, int]:
    """Return the sum of a column by execution in the lake, of those that are there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[str, int] = {}
    wanted = pa.array(sorted(ids), pa.string())
    for _, _, path in _places(store, [(table, column)], ids=ids, folders=folders):
        if ids <= found.keys():
            break
        rows = _read(store, path, ["execution_id", column])
        ours = rows.filter(pc.is_in(rows["execution_id"], value_set=wanted))
        for one, number in zip(*(each.to_pylist() for each in ours.columns), strict=True):
            found[one] = found.get(one, 0) + (number or 0)
    return found


def _places(
    store: Store,
    tables: Sequence[tuple[str, str]],
    *,
    ids: frozenset[str],
    folders: Collection[str],
) -> Iterator[tuple[str, str, PurePosixPath]]:
    """Yield files of some tables, each with its table's column: the likeliest of all come first.

    None where nothing is looked for.
    """
    seen = set[PurePosixPath]()
    for look in (_likely, _all) if ids else ():
        for table, column in tables:
            for path in look(store, table, ids=ids, folders=folders):
                readable = path.suffix == ".parquet" and not path.name.startswith(".")
                if readable and path not in seen:
                    seen.add(path)
                    yield table, column, path


def _likely(
    store: Store, table: str, *, ids: frozenset[str], folders: Collection[str]
) -> Iterator[PurePosixPath]:
    names = [part(name) for name in (sorted(ids) if table in _NAMED else folders)]
    for version in range(SCHEMA_VERSIONS[table], 0, -1):
        for name in names:
            if table in _NAMED:
                yield PurePosixPath(table, f"v{version}", f"{name}.parquet")
            yield from store.walk(PurePosixPath(table, f"v{version}", name))


def _all(store: Store, table: str, **_: object) -> Iterator[PurePosixPath]:
    yield from store.walk(PurePosixPath(table))


def _read(store: Store, path: PurePosixPath, columns: Sequence[str]) -> "pa.Table":
    """Return columns of a file; nothing of one that is gone or damaged, as `qrt verify` tells."""
    import pyarrow as pa

    try:
        return plain(encoding.decode(store.read(path), columns))
    except (FileNotFoundError, ValueError):
        return pa.table({name: pa.array([], pa.string()) for name in columns})


def _ids(tables: "Mapping[str, Sequence[pa.Table]]", table: str, column: str) -> frozenset[str]:
    return frozenset().union(*(ids_in(rows.column(column)) for rows in tables.get(table, ())))


def _keep(store: Store, kind: str, ids: frozenset[str]) -> None:
    place = (store.locate(HERE), kind)
    if len(_known.get(place, ())) > _MOST:
        _known[place] = set()
    _known.setdefault(place, set()).update(ids)
