"""What rows hold, whatever their layout: texts by number, and digests over every value."""

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


def compact(rows: "pa.Table") -> "pa.Table":
    """Return the same rows with each column of texts as `coded` makes it, in one piece.

    Dictionaries are taken to be so already: only `coded` makes any in the lake.
    """
    import pyarrow as pa

    columns = [
        numbered(column) if is_text(column.type) else one_chunk(column) for column in rows.columns
    ]
    kept = [
        pa.field(field.name, column.type, field.nullable)
        for field, column in zip(rows.schema, columns, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=pa.schema(kept))


def coded(column: "pa.ChunkedArray | pa.Array") -> "pa.DictionaryArray":
    """Return texts as numbers into the distinct ones, which stand in the order they appear.

    Equal texts give equal arrays, however often and in whatever order a dictionary had them.
    """
    import numpy as np
    import pyarrow as pa

    whole = one_chunk(column)
    if not pa.types.is_dictionary(whole.type):
        return whole.dictionary_encode()
    distinct = whole.dictionary.cast(pa.string()).dictionary_encode()
    texts, numbers = distinct.dictionary, whole.indices
    if len(texts) < len(whole.dictionary):
        numbers = distinct.indices.take(numbers)
    if len(texts) == 1 and numbers.null_count < len(numbers):
        return pa.DictionaryArray.from_arrays(numbers.cast(pa.int32()), texts)
    order = numbers.unique().drop_null().to_numpy()
    if not np.array_equal(order, np.arange(len(texts))):
        place = np.zeros(len(texts), np.int32)
        place[order] = np.arange(len(order))
        texts, numbers = texts.take(pa.array(order)), pa.array(place).take(numbers)
    return pa.DictionaryArray.from_arrays(numbers.cast(pa.int32()), texts)


def numbered(column: "pa.ChunkedArray | pa.Array") -> "pa.DictionaryArray":
    """Return texts as `coded` does, dictionaries as they are."""
    return one_chunk(column).dictionary_encode()


def plain(rows: "pa.Table") -> "pa.Table":
    """Return the same rows with texts as texts."""
    import pyarrow as pa

    kept = [
        pa.field(field.name, text_type(field.type), field.nullable, field.metadata)
        for field in rows.schema
    ]
    return rows.cast(pa.schema(kept))


def text_type(kind: "pa.DataType") -> "pa.DataType":
    """Return the type of the values of a dictionary, or the type itself."""
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def is_text(kind: "pa.DataType") -> bool:
    """Whether values are texts, as themselves or as numbers."""
    import pyarrow as pa

    return bool(pa.types.is_string(text_type(kind)))


def content_digest(rows: "pa.Table") -> str:
    """Return the sha256 over names, types, nulls and values.

    It depends neither on Arrow's memory layout (chunks, dictionaries, what lies under a null) nor
    on Parquet's, for tables that are `compact` or have no dictionaries.
    """
    return combined({name: column_digest(rows.column(name)) for name in rows.column_names})


def combined(digests: dict[str, bytes]) -> str:
    """Return the digest of a table from those of its columns, in their order."""
    whole = hashlib.sha256()
    for name, one in digests.items():
        whole.update(f"{name}\0".encode() + one)
    return whole.hexdigest()


def column_digest(column: "pa.ChunkedArray") -> bytes:
    """Return the digest of one column, over a few bytes a value: numbers in the fewest that do."""
    array = one_chunk(column)
    digest = hashlib.sha256(f"{spelled(text_type(array.type))}\0{len(array)}\0".encode())
    _feed(digest, array)
    return digest.digest()


def spelled(kind: "pa.DataType") -> str:
    """Spell a type without the name of a list's items, which Parquet changes."""
    import pyarrow as pa

    return f"list<{kind.value_type}>" if pa.types.is_list(kind) else str(kind)


def one_chunk(column: "pa.ChunkedArray | pa.Array") -> "pa.Array":
    """Return a column in one piece, without a copy where it is in one."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray) and column.num_chunks == 1:
        return column.chunk(0)
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)


def variable_width(array: "pa.Array") -> "tuple[np.ndarray, memoryview]":
    """Return the lengths in bytes, as int32, and the texts one after the other."""
    import numpy as np

    if not len(array):
        return np.empty(0, np.int32), memoryview(b"")
    _, offsets, values = array.buffers()
    ends = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    text = b"" if values is None else values
    return np.diff(ends), memoryview(text)[int(ends[0]) : int(ends[-1])]


def fixed_width(array: "pa.Array") -> bytes:
    """Return the values' bytes, little-endian as Arrow keeps them on every platform we run on."""
    import pyarrow as pa

    if pa.types.is_boolean(array.type):
        return bytes(array.cast(pa.uint8()).to_numpy().tobytes())
    width = array.type.bit_width // 8
    values = array.buffers()[1]
    if values is None:
        return b""
    return bytes(memoryview(values)[array.offset * width : (array.offset + len(array)) * width])


def _feed(digest: Any, array: "pa.Array") -> None:
    """Feed how many and which entries are null, then the others."""
    import numpy as np

    digest.update(array.null_count.to_bytes(8, "little"))
    if array.null_count:
        digest.update(np.packbits(array.is_null().to_numpy(zero_copy_only=False)))
        array = array.drop_null()
    _feed_values(digest, array)


def _feed_values(digest: Any, array: "pa.Array") -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if is_text(kind):
        texts = numbered(array)
        _feed_texts(digest, texts.dictionary)
        _feed_numbers(digest, texts.indices.to_numpy())
    elif pa.types.is_binary(kind):
        _feed_texts(digest, array)
    elif pa.types.is_list(kind):
        _feed_numbers(digest, pc.list_value_length(array).to_numpy(zero_copy_only=False))
        _feed(digest, array.flatten())
    elif pa.types.is_integer(kind):
        _feed_numbers(digest, array.to_numpy())
    elif pa.types.is_timestamp(kind):
        _feed_numbers(digest, array.cast(pa.int64()).to_numpy())
    else:
        digest.update(fixed_width(array))


def _feed_texts(digest: Any, array: "pa.Array") -> None:
    lengths, texts = variable_width(array)
    _feed_numbers(digest, lengths)
    digest.update(texts)


def _feed_numbers(digest: Any, numbers: "np.ndarray") -> None:
    """Feed how many there are, the narrowest type that holds them, and the numbers as that."""
    import numpy as np

    lowest, highest = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    kind = np.min_scalar_type(highest if lowest >= 0 else min(lowest, -highest - 1))
    digest.update(f"{len(numbers)}{kind.str}".encode())
    digest.update(np.ascontiguousarray(numbers.astype(kind)))
