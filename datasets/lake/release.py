"""Refuse a lake that a newer release has written: what is new in it would be left out."""

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from datasets.lake.schema.schemas import SCHEMA_VERSIONS
from datasets.lake.stores import HERE, Store
from tasks.errors import BadInput


def refuse_newer(store: Store, tables: Collection[str] = tuple(SCHEMA_VERSIONS)) -> None:
    """Look at the versions that tables of a lake are in.

    Raises:
        BadInput: one is newer than this release knows.
        OSError: the lake cannot be listed.
    """
    for table in tables:
        newest, known = max(_versions(store, table), default=1), SCHEMA_VERSIONS[table]
        if newest > known:
            message = (
                f"The lake at {store.locate(HERE).rstrip('/.')} has `{table}` in version {newest}; "
                f"this release knows {known}. Use the release that wrote it, or another home."
            )
            raise BadInput(message)


def _versions(store: Store, table: str) -> Iterator[int]:
    for name in store.folders(PurePosixPath(table)):
        if name.startswith("v") and name[1:].isdecimal():
            yield int(name[1:])
