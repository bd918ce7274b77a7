"""Files of the lake beside its tables: its id, and inputs of runs by their digest."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final
from uuid import UUID

from datasets.lake.stores import Store
from tasks.errors import StorageFault

IDENTITY: Final = PurePosixPath("lake.json")
INPUTS: Final = "inputs"
_FIELD: Final = "lake_id"


def lake_id(store: Store) -> str | None:
    """Return the id of the lake in a store, if it has one: wherever it lies, it stays the same.

    Raises:
        StorageFault: its file is damaged.
    """
    try:
        text = store.read(IDENTITY)
    except FileNotFoundError:
        return None
    if (found := _read_id(text)) is None:
        where = store.locate(IDENTITY)
        message = f"{where} does not say which lake this is. Restore it from a copy of the lake."
        raise StorageFault(message)
    return found


def name_lake(store: Store, made: UUID) -> str:
    """Give the lake in a store an id, unless it has one; return the one that stands."""
    try:
        store.publish(IDENTITY, f"{json.dumps({_FIELD: str(made)})}\n".encode())
    except FileExistsError:
        return lake_id(store) or str(made)
    return str(made)


def keep_input(store: Store, digest: str, content: bytes) -> None:
    """Keep an input under its digest; the same again changes nothing."""
    try:
        store.publish(_place(digest), content)
    except FileExistsError:
        return


def find_input(store: Store, digest: str) -> bytes | None:
    """Return an input by its digest, if the lake has it as it was."""
    try:
        content = store.read(_place(digest))
    except FileNotFoundError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def is_beside(path: PurePosixPath) -> bool:
    """Whether a file of the lake is one of these, and of no table."""
    return path == IDENTITY or path.parts[0] == INPUTS


def faults(store: Store, path: PurePosixPath) -> Iterator[str]:
    """Say what is wrong with one of these files."""
    content = store.read(path)
    if path == IDENTITY and _read_id(content) is None:
        yield "It does not say which lake this is. Restore it from a copy of the lake."
    if path != IDENTITY and hashlib.sha256(content).hexdigest() != path.name:
        yield "It is not the input that its name is the digest of. Restore it."


def _place(digest: str) -> PurePosixPath:
    return PurePosixPath(INPUTS, digest[:2], digest)


def _read_id(text: bytes) -> str | None:
    try:
        return str(UUID(json.loads(text)[_FIELD]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
