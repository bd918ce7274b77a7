"""The one reader of files that somebody names: plain files of UTF-8 text and of limited size.

A pipe, a device or a socket never ends or never begins, so it is refused before it is read.
"""

import codecs
import os
import stat
from pathlib import Path
from typing import IO, Final

from tasks.errors import BadInput

MAX_BYTES: Final = 32 * 2**20  # the largest published capabilities document has 0.44 MB
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NUL: Final = "\0"


def read_text(path: Path, *, wanted: str = "text", most: int = MAX_BYTES) -> str:
    """Return the text of the file at `path`, which may start with `~`; `wanted` is for messages.

    Raises:
        BadInput: it is missing, no plain file, unreadable, empty, too large, or not UTF-8.
    """
    content = read_bytes(path, wanted=wanted, most=most)
    if not content.strip():
        message = f"{path} is empty. Give a file with {wanted}."
        raise BadInput(message)
    return decoded(content, origin=str(path))


def read_bytes(path: Path, *, wanted: str, most: int = MAX_BYTES) -> bytes:
    """Return the bytes of the file at `path`, which may start with `~`; `wanted` is for messages.

    Raises:
        BadInput: it is missing, no plain file, unreadable, or larger than `most`.
    """
    try:
        with opened(path, wanted=wanted) as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(content) > most:
        message = f"{path} is larger than {most // 2**20} MiB. Give {wanted}."
        raise BadInput(message)
    return content


def opened(path: Path, *, wanted: str) -> IO[bytes]:
    """Open a plain file, which may be of any size.

    Raises:
        BadInput: it is missing, no plain file, or unreadable.
    """
    try:
        # A pipe that nobody writes to would be waited for; one that is there is told and closed.
        handle = os.open(path.expanduser(), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(path, error) from error
    except (ValueError, RuntimeError) as error:
        message = f"{str(path)!r} is not a path ({error}). Give the path of a file."
        raise BadInput(message) from error
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    what = "is a folder. Give the path of a file in it."
    if not stat.S_ISDIR(mode):
        what = f"is no plain file, but a pipe or a device. Give a file with {wanted}."
    message = f"{path} {what}"
    raise BadInput(message)


def decoded(content: bytes, *, origin: str) -> str:
    """Return the text in the bytes of a file.

    Raises:
        BadInput: they are not UTF-8, or hold a NUL, which no text has.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = "UTF-16 text" if content.startswith(_UTF_16) else f"byte {error.start} is wrong"
        message = f"{origin} is not UTF-8 text ({what}). Save it as UTF-8."
        raise BadInput(message) from error
    if _NUL in text:
        message = f"{origin} is not text (byte {text.index(_NUL)} is NUL). Save it as UTF-8 text."
        raise BadInput(message)
    return text


def _unreadable(path: Path, error: OSError) -> BadInput:
    reason = f"{error.strerror or error}{_looked_in(path)}"
    return BadInput(f"{path} cannot be read ({reason}). Check its path and rights.")


def _looked_in(path: Path) -> str:
    """Say where a path begins that does not say so itself: a worker's folder is its own."""
    whole = path.is_absolute() or str(path).startswith("~")
    return "" if whole else f"; looked for in {Path.cwd()}"
