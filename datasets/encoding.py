"""One table as one Parquet file: the same rows give the same bytes, with a checksum inside."""

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasets.schemas import SCHEMA_VERSIONS, schema, table_of

if TYPE_CHECKING:
    import pyarrow as pa

PREFIX = "qrt."
STORED = ("table", "schema_version", "key", "sha256", "identity", "writer")


@dataclass(frozen=True, slots=True)
class Label:
    """What a file says of itself.

    `sha256` covers every column; `identity` leaves out the volatile ones: two files of one key
    with equal identities are the same landing. `writer` is the Arrow version that made its bytes.
    """

    table: str
    version: int
    key: tuple[str, ...]
    sha256: str
    identity: str
    writer: str


def label(name: str, key: tuple[str, ...], rows: "pa.Table") -> Label:
    """Return what a file of these rows has to say of itself."""
    import pyarrow as pa

    stable = [column.name for column in table_of(name).columns if not column.volatile]
    whole, identity = content_digest(rows), content_digest(rows.select(stable))
    return Label(name, SCHEMA_VERSIONS[name], key, whole, identity, pa.cpp_version)


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
    sink = pa.BufferOutputStream()
    plain = rows.combine_chunks().replace_schema_metadata(None)
    with pq.ParquetWriter(
        sink, plain.schema, compression="zstd", version="2.6", store_schema=False
    ) as writer:
        writer.write_table(plain)
        writer.add_key_value_metadata(metadata)
    return bytes(sink.getvalue())


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
        version = int(texts["schema_version"])
    except (KeyError, ValueError):
        return None
    return Label(texts["table"], version, key, texts["sha256"], texts["identity"], texts["writer"])


def is_as_labelled(rows: "pa.Table", told: Label) -> bool:
    """Whether rows match their checksums."""
    stable = [c.name for c in table_of(told.table).columns if not c.volatile]
    known = rows.select([name for name in stable if name in rows.column_names])
    return (content_digest(rows), content_digest(known)) == (told.sha256, told.identity)


def is_as_written(data: bytes, rows: "pa.Table", told: Label) -> bool:
    """Whether encoding the rows again gives these bytes; True if another Arrow wrote them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    signed = pq.read_metadata(pa.BufferReader(data)).created_by
    if signed != f"parquet-cpp-arrow version {told.writer}":
        return False
    # A file of an older version has fewer columns.
    strict = pa.schema([schema(told.table).field(name) for name in rows.column_names])
    return told.writer != pa.cpp_version or data == encode(rows.cast(strict), told)


def decode(data: bytes) -> "pa.Table":
    """Return a file's rows.

    Raises:
        ValueError: it is not Parquet, or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(pa.BufferReader(data)).read().replace_schema_metadata(None)
    except OSError as error:  # how pyarrow reports pages that do not decompress
        raise ValueError(str(error)) from error


def content_digest(rows: "pa.Table") -> str:
    """Return the sha256 over names, types, nulls and values, column by column.

    It depends neither on Arrow's memory layout (chunks, what lies under a null) nor on Parquet's.
    """
    digest = hashlib.sha256()
    for name in rows.column_names:
        array = _one_chunk(rows.column(name))
        digest.update(f"{name}\0{_spelled(array.type)}\0{len(array)}\0".encode())
        _feed(digest, array)
    return digest.hexdigest()


def shape(columns: "pa.Schema") -> list[tuple[str, str]]:
    """Return the names and types of columns, whatever Parquet calls the items of lists."""
    return [(field.name, _spelled(field.type)) for field in columns]


def _spelled(kind: "pa.DataType") -> str:
    """Spell a type without the name of a list's items, which Parquet changes."""
    import pyarrow as pa

    return f"list<{kind.value_type}>" if pa.types.is_list(kind) else str(kind)


def _one_chunk(column: "pa.ChunkedArray") -> "pa.Array":
    import pyarrow as pa

    whole = column.combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)


def _feed(digest: Any, array: "pa.Array") -> None:
    """Feed which entries are null, then the others one after the other."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    digest.update(np.asarray(array.is_null().to_numpy(zero_copy_only=False)).tobytes())
    present = array.drop_null() if array.null_count else array
    if pa.types.is_list(array.type):
        lengths = pc.list_value_length(present).to_numpy(zero_copy_only=False)
        digest.update(lengths.astype(np.int64).tobytes())
        _feed(digest, present.flatten())
    elif pa.types.is_string(array.type) or pa.types.is_binary(array.type):
        for piece in _variable_width(present):
            digest.update(piece)
    else:
        digest.update(_fixed_width(present))


def _variable_width(array: "pa.Array") -> tuple[bytes, bytes]:
    """Return the lengths as int64 and the texts one after the other."""
    import numpy as np

    if not len(array):
        return b"", b""
    _, offsets, values = array.buffers()
    ends = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    text = b"" if values is None else memoryview(values)[int(ends[0]) : int(ends[-1])]
    return np.diff(ends).astype(np.int64).tobytes(), bytes(text)


def _fixed_width(array: "pa.Array") -> bytes:
    """Return the values' bytes, little-endian as Arrow keeps them on every platform we run on."""
    import pyarrow as pa

    if pa.types.is_boolean(array.type):
        return bytes(array.cast(pa.uint8()).to_numpy().tobytes())
    width = array.type.bit_width // 8
    values = array.buffers()[1]
    if values is None:
        return b""
    return bytes(memoryview(values)[array.offset * width : (array.offset + len(array)) * width])
