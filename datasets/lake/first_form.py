"""The first form of the lake's files, in which files that were landed long ago are verified."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from datasets.contracts.content import fixed_width, one_chunk, plain, spelled, variable_width

if TYPE_CHECKING:
    import pyarrow as pa

SETTINGS: Mapping[str, Any] = MappingProxyType({"compression": "zstd"})


def content_digest(rows: "pa.Table") -> str:
    """Return the sha256 over names, types, nulls and values at full width, column by column."""
    digest = hashlib.sha256()
    for name, column in zip(rows.column_names, plain(rows).columns, strict=True):
        array = one_chunk(column)
        digest.update(f"{name}\0{spelled(array.type)}\0{len(array)}\0".encode())
        _feed(digest, array)
    return digest.hexdigest()


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
        lengths, texts = variable_width(present)
        digest.update(lengths.astype(np.int64).tobytes())
        digest.update(texts)
    else:
        digest.update(fixed_width(present))
