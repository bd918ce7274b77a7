"""The name of a file of the lake: a pure function of its table and key."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from datasets.lake.schema.schemas import SCHEMA_VERSIONS, table_of
from tasks.errors import BadInput

# Lower case only: some file systems do not tell "A" from "a".
PLAIN_PART = re.compile(r"[a-z0-9_][a-z0-9_-]{0,79}")
SLUG_LENGTH = 40


def file_path(table: str, key: Sequence[str], *, version: int | None = None) -> PurePosixPath:
    """Return a file's path under the lake's root; equal exactly when table and key are.

    The version of the schema is today's unless given.

    Raises:
        UnknownName: there is no such table.
        BadInput: the key is empty.
    """
    table_of(table)
    if isinstance(key, str) or not key:
        message = f"A file of {table} needs a key of at least one part, as a tuple; got {key!r}."
        raise BadInput(message)
    folders = [part(each) for each in key]
    release = f"v{SCHEMA_VERSIONS[table] if version is None else version}"
    return PurePosixPath(table, release, *folders[:-1], f"{folders[-1]}.parquet")


def part(name: str) -> str:
    """Keep a plain part; make any other one safe, with a digest that keeps it apart from all."""
    if PLAIN_PART.fullmatch(name):
        return name
    slug = re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")[:SLUG_LENGTH]
    return f"{slug}~{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"
