"""Read the lake again and tell what is damaged, missing, foreign or left over."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Literal

from datasets.contracts.checking import check
from datasets.files.writing import is_stray
from datasets.lake import encoding
from datasets.lake.naming import file_path
from datasets.lake.own_files import faults, is_beside
from datasets.lake.schema.schemas import SCHEMA_VERSIONS, schema, table_of
from datasets.lake.stores import Store
from datasets.records.names import RUN_ID

if TYPE_CHECKING:
    import pyarrow as pa

Fault = Literal["damaged", "missing", "foreign", "misplaced", "stray", "version", "contract"]
_MEND: Final = "Restore it, or move it out of the lake: then `qrt verify` says what lands it again."


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one file, and what to do."""

    path: str
    fault: Fault
    text: str


def problems(
    store: Store, tables: Sequence[str] | None = None, *, contracts: bool = False
) -> list[Problem]:
    """Return what is wrong with the files of the tables, in the order of their names.

    Files that `quality` says were landed and that are not there come last.
    Every byte counts: a file that this pyarrow version wrote is encoded again and compared; one
    that another version wrote is held against its checksum. `contracts` checks contracts again.

    Raises:
        UnknownName: there is no such table.
    """
    for name in tables or ():
        table_of(name)
    found: list[Problem] = []
    paths = list(store.walk())
    there = frozenset(paths)
    for path in paths:
        if tables is None or path.parts[0] in tables:
            found.extend(
                Problem(store.locate(path), fault, text)
                for fault, text in _inspect(store, path, contracts=contracts)
            )
    return found + [
        Problem(store.locate(path), "missing", _again(run_id))
        for path, run_id in _landed(store, paths, tables)
        if path not in there and not _exists(store, path)
    ]


def missing(store: Store, *, run_id: str) -> list[PurePosixPath]:
    """Return the files that `quality` says a run has landed, and that are not there."""
    paths = list(store.walk(PurePosixPath("quality", f"v{SCHEMA_VERSIONS['quality']}", run_id)))
    return [path for path, _ in _landed(store, paths, None) if not _exists(store, path)]


def _landed(
    store: Store, paths: Sequence[PurePosixPath], tables: Sequence[str] | None
) -> list[tuple[PurePosixPath, str]]:
    """Return the files that were landed, in the order of their names, with who landed them."""
    landed = {
        PurePosixPath(check["batch"]): str(check["run_id"])
        for path in paths
        if path.parts[0] == "quality"
        for check in _checks(store, path)
        # A good batch of a refused chunk was not landed: its row names the report.
        if check["success"] and not check["report"]
        if tables is None or check["table_name"] in tables
    }
    return sorted(landed.items())


def _again(run_id: str) -> str:
    text = "`quality` says that it was landed."
    if RUN_ID.fullmatch(run_id):
        return f"{text} `qrt resume {run_id}` lands it again."
    return f"{text} Restore it."


def _checks(store: Store, path: PurePosixPath) -> list[dict[str, Any]]:
    """Return the rows of a `quality` file; none of a file that cannot be relied on."""
    if any(_inspect(store, path, contracts=False)):
        return []
    rows: list[dict[str, Any]] = encoding.decode(store.read(path)).to_pylist()
    return rows


def _exists(store: Store, path: PurePosixPath) -> bool:
    """Look again: a writer may have landed it since the files were listed."""
    with suppress(FileNotFoundError):
        store.read(path)
        return True
    return False


def _inspect(store: Store, path: PurePosixPath, *, contracts: bool) -> Iterator[tuple[Fault, str]]:
    if is_stray(path.name):
        yield "stray", "A writer was killed here; nothing reads this file. Delete it."
    elif is_beside(path):
        yield from (("damaged", text) for text in faults(store, path))
    elif path.suffix != ".parquet" or path.parts[0] not in SCHEMA_VERSIONS:
        yield "foreign", "The lake did not write this file. Move it out of the lake."
    else:
        yield from _inspect_parquet(store.read(path), path, contracts=contracts)


def _inspect_parquet(
    data: bytes, path: PurePosixPath, *, contracts: bool
) -> Iterator[tuple[Fault, str]]:
    try:
        told = encoding.read_label(data)
        if told is None:
            yield "foreign", "Parquet that the lake did not write. Move it out of the lake."
            return
        rows = encoding.decode(data)
        faults = list(_compare(data, rows, told=told, path=path))
    except ValueError as error:
        yield "damaged", f"It cannot be read ({str(error).splitlines()[0]}). {_MEND}"
        return
    yield from faults
    if contracts and not faults:
        verdict = check(told.table, rows)
        if not verdict.success:
            yield "contract", f"Its rows break the contract: {'; '.join(verdict.failed)}."


def _compare(
    data: bytes, rows: "pa.Table", *, told: encoding.Label, path: PurePosixPath
) -> Iterator[tuple[Fault, str]]:
    """Hold what a file says of itself against what it is."""
    newest = SCHEMA_VERSIONS.get(told.table)
    shape = encoding.shape(rows.schema)
    if newest is None:
        yield "foreign", f"There is no table {told.table!r}. Move it out of the lake."
    elif told.version > newest:
        yield "version", f"Version {told.version}; this runtime reads up to {newest}. Upgrade it."
    elif path != file_path(told.table, told.key, version=told.version):
        yield "misplaced", f"It belongs to {told.table} {'/'.join(told.key)}. Move it back."
    elif told.version == newest and shape != encoding.shape(schema(told.table)):
        yield "damaged", f"Its columns are not those of its schema. {_MEND}"
    elif not encoding.is_as_labelled(rows, told):
        yield "damaged", f"Its rows do not match its checksum. {_MEND}"
    elif not encoding.is_as_written(data, rows, told):
        yield "damaged", f"Its rows are right, but not its bytes. {_MEND}"
