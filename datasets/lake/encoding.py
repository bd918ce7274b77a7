"""One table as one Parquet file: the same rows give the same bytes, with a checksum inside."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasets.contracts import content
from datasets.lake import first_form
from datasets.lake.schema.schemas import SCHEMA_VERSIONS, schema, table_of

if TYPE_CHECKING:
    import pyarrow as pa

PREFIX = "qrt."
STORED = ("table", "schema_version", "key", "sha256", "identity", "writer")
FORM = 3  # the settings of Parquet and the digest; files of the first form do not say theirs
PAGE_ROWS = 2**20
FEW_ROWS = 1_000  # they are hashed before two threads have started
BATCH_ROWS = 65_536  # values that the writer takes at once; its own 1,024 cost a tenth more time


@dataclass(frozen=True, slots=True)
class Label:
    """What a file says of itself.

    `sha256` covers every column; `identity` leaves out the volatile ones: two files of one key
    with equal identities are the same landing. `writer` is the Arrow version that made its bytes,
    `form` what the digests go over and how the values are encoded.
    """

    table: str
    version: int
    key: tuple[str, ...]
    sha256: str
    identity: str
    writer: str
    form: int = FORM


def label(name: str, key: tuple[str, ...], rows: "pa.Table", *, form: int = FORM) -> Label:
    """Return what a file of these rows has to say of itself."""
    import pyarrow as pa

    whole, identity = _digests(rows, _stable(name), form=form)
    return Label(name, SCHEMA_VERSIONS[name], key, whole, identity, pa.cpp_version, form)


def encode(rows: "pa.Table", told: Label) -> bytes:
    """Return the file's bytes: a function of the rows, the label and the pyarrow version."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    metadata = {
        PREFIX + "table": told.table,
        PREFIX + "schema_version": str(told.version),
        PREFIX + "key": json.dumps(told.key),
        PREFIX + "sha256": told.sha256,
        PREFIX + "identity": told.identity,
        PREFIX + "writer": told.writer,
    }
    if told.form == 1:
        given, settings = content.plain(rows).combine_chunks(), dict(first_form.SETTINGS)
    else:
        given, settings = content.compact(rows), _settings(rows.schema, form=told.form)
        metadata[PREFIX + "form"] = str(told.form)
    sink = pa.BufferOutputStream()
    bare = given.replace_schema_metadata(None)
    with pq.ParquetWriter(
        sink, bare.schema, version="2.6", store_schema=False, **settings
    ) as writer:
        writer.write_table(bare)
        writer.add_key_value_metadata(metadata)
    return bytes(sink.getvalue())


def strict(name: str, rows: "pa.Table") -> "pa.Table":
    """Return rows with null only where the schema allows it; older versions have fewer columns.

    Raises:
        ValueError: there is a null elsewhere.
    """
    import pyarrow as pa

    fields = [
        pa.field(field.name, rows.schema.field(field.name).type, field.nullable)
        for field in schema(name)
        if field.name in rows.column_names
    ]
    return rows.cast(pa.schema(fields))


def read_label(data: bytes) -> Label | None:
    """Return what a file says of itself, or None when it is Parquet that we did not write.

    Raises:
        ValueError: it is not Parquet, or damaged (pyarrow's ArrowInvalid is a ValueError).
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        stored = pq.read_metadata(pa.BufferReader(data)).metadata or {}
    except OSError as error:  # how pyarrow reports a damaged footer
        raise ValueError(str(error)) from error
    told = {key.decode("utf-8", "replace"): value for key, value in stored.items()}
    try:
        texts = {field: told[PREFIX + field].decode() for field in STORED}
        key = tuple(str(part) for part in json.loads(texts["key"]))
        version, form = int(texts["schema_version"]), int(told.get(PREFIX + "form", b"1"))
    except (KeyError, ValueError):
        return None
    told_of = (texts["sha256"], texts["identity"], texts["writer"])
    return Label(texts["table"], version, key, *told_of, form)


def is_as_labelled(rows: "pa.Table", told: Label) -> bool:
    """Whether rows match their checksums."""
    found = _digests(rows, _stable(told.table), form=told.form)
    return found == (told.sha256, told.identity)


def is_as_written(data: bytes, rows: "pa.Table", told: Label) -> bool:
    """Whether encoding the rows again gives these bytes; True if another Arrow wrote them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    signed = pq.read_metadata(pa.BufferReader(data)).created_by
    if signed != f"parquet-cpp-arrow version {told.writer}":
        return False
    return told.writer != pa.cpp_version or data == encode(strict(told.table, rows), told)


def decode(data: bytes, columns: Sequence[str] | None = None) -> "pa.Table":
    """Return a file's rows, or some of their columns.

    Raises:
        ValueError: it is not Parquet, or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(pa.BufferReader(data)).read(columns).replace_schema_metadata(None)
    except OSError as error:  # how pyarrow reports pages that do not decompress
        raise ValueError(str(error)) from error


def shape(columns: "pa.Schema") -> list[tuple[str, str]]:
    """Return the names and types of columns, whatever Parquet calls the items of lists."""
    return [(field.name, content.spelled(content.text_type(field.type))) for field in columns]


def _stable(name: str) -> frozenset[str]:
    return frozenset(column.name for column in table_of(name).columns if not column.volatile)


def _digests(rows: "pa.Table", stable: frozenset[str], *, form: int) -> tuple[str, str]:
    """Return the digests of all columns and of those that are not volatile."""
    names = [name for name in rows.column_names if name in stable]
    if form == 1:
        return first_form.content_digest(rows), first_form.content_digest(rows.select(names))
    each = dict(zip(rows.column_names, _column_digests(rows), strict=True))
    return content.combined(each), content.combined({name: each[name] for name in names})


def _column_digests(rows: "pa.Table") -> list[bytes]:
    if len(rows) <= FEW_ROWS:
        return [content.column_digest(column) for column in rows.columns]
    with ThreadPoolExecutor(2, "digests") as pool:  # hashing lets other threads run
        return list(pool.map(content.column_digest, rows.columns))


def _settings(columns: "pa.Schema", *, form: int) -> dict[str, Any]:
    """Return how a file of a form is written, each column by its type alone."""
    encodings = dict(_encodings(columns))
    numbered = [path for path, encoding in encodings.items() if encoding is None]
    pages = {} if form <= 2 else {"max_rows_per_page": PAGE_ROWS}  # noqa: PLR2004 - see PAGE_ROWS
    return pages | {
        "compression": "zstd",
        "use_dictionary": numbered or False,
        "column_encoding": {path: kind for path, kind in encodings.items() if kind} or None,
        "write_batch_size": BATCH_ROWS,
    }


def _encodings(columns: "pa.Schema") -> "Iterator[tuple[str, str | None]]":
    """Give each column's encoding; None is a dictionary, which suits all but spread-out numbers."""
    import pyarrow as pa

    for field in columns:
        is_list = pa.types.is_list(field.type)
        path = f"{field.name}.list.element" if is_list else field.name
        kind = field.type.value_type if is_list else field.type
        if pa.types.is_uint64(kind):  # outcomes: ascending within an executable
            yield path, "DELTA_BINARY_PACKED"
        else:
            yield path, "BYTE_STREAM_SPLIT" if pa.types.is_floating(kind) else None
