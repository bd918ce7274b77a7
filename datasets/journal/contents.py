"""Small inputs of runs, compressed for the journal."""

import zlib
from typing import Final

GIVEN_UP: Final = ""  # in place of a digest: copies of it are not the run's any more
MAX_CONTENT_BYTES: Final = 2**20  # compressed; what is larger is for the lake
_MAX_GIVEN_BYTES: Final = 16 * MAX_CONTENT_BYTES  # nothing that is larger becomes so small


def packed(content: bytes) -> bytes | None:
    """Return an input as the journal keeps it; nothing of one that is too large for it."""
    if len(content) > _MAX_GIVEN_BYTES:
        return None
    small = zlib.compress(content)
    return small if len(small) <= MAX_CONTENT_BYTES else None
