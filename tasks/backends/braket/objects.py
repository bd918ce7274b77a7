"""Get the objects of a task's result, several at a time."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from tasks.backends.braket.connection import Connection
from tasks.backends.braket.results import Document
from tasks.errors import NotFound, ResultUnreadable

THREADS: Final = 8


def read_objects(
    connection: Connection, paths: Sequence[str], *, bucket: str, directory: str
) -> list[Document]:
    """Return the JSON objects at `paths` below a task's directory, in their order.

    Raises:
        ResultUnreadable: one is missing, or is no JSON object.
        Transient: S3 does not answer.
        Refused: it does not let us.
    """

    def get(path: str) -> Document:
        key = f"{directory.rstrip('/')}/{path}"
        place = f"s3://{bucket}/{key}"
        try:
            answer = connection.ask("s3", "GetObject", Bucket=bucket, Key=key)
        except NotFound as fault:
            raise ResultUnreadable(place, "it is not there") from fault
        return _parsed(answer["Body"], place=place)

    if len(paths) == 1:
        return [get(paths[0])]
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        return list(pool.map(get, paths))


def _parsed(body: bytes, *, place: str) -> Document:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ResultUnreadable(place, "it is not JSON") from error
    if not isinstance(found, dict):
        raise ResultUnreadable(place, "it is not a JSON object")
    return found
