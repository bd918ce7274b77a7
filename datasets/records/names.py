"""The shapes of names that come from outside, checked once, where they come in.

Names become keys, labels, URLs and files. None of these shapes can leave a folder: no separator, no
`..`, no control character, and a length that every file system and database takes.
"""

import re
from typing import TYPE_CHECKING, Final, cast

from tasks.errors import BadInput

if TYPE_CHECKING:
    from datasets.records.executions import RunId

RUN_ID: Final = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}")
RUN_ID_LENGTH: Final = 36
LABEL_LENGTH: Final = 64
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_BEGINNING: Final = re.compile(r"[0-9a-f-]{1,36}")
_FILE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_LABEL: Final = re.compile(r"[^\W_][\w .@+-]{0,63}")


def run_id(text: str) -> "RunId":
    """Return a run's id in full: a UUID in lower case, with or without hyphens.

    Raises:
        BadInput: it has another shape.
    """
    if not RUN_ID.fullmatch(text):
        message = (
            f"{shown(text)} is not a run's id, which is a UUID in lower case such as "
            "0b9d0f5e-6a3e-4e0f-9a55-0d4c5f6f8a11. `qrt runs` lists them."
        )
        raise BadInput(message)
    return cast("RunId", text)


def asker(text: str) -> "RunId":
    """Return who asked for what is landed: a run's id, or the digest of a question without a run.

    Raises:
        BadInput: it is neither.
    """
    return cast("RunId", text) if _DIGEST.fullmatch(text) else run_id(text)


def run_beginning(text: str) -> str:
    """Return the beginning of a run's id, or all of it.

    Raises:
        BadInput: no id begins like that.
    """
    if not _BEGINNING.fullmatch(text):
        message = (
            f"{shown(text)} is neither a run's id nor the beginning of one, which has 1 to "
            f"{RUN_ID_LENGTH} of 0-9, a-f and -. `qrt runs` lists them."
        )
        raise BadInput(message)
    return text


def label(text: str, *, what: str) -> str:
    """Return the name of a `what`, such as a tenant: what can be a part of a URL and a column.

    Raises:
        BadInput: it has another shape.
    """
    if not _LABEL.fullmatch(text):
        message = (
            f"{shown(text)} cannot name a {what}. Give 1 to {LABEL_LENGTH} letters, digits, spaces "
            "and any of . @ + - _, beginning with a letter or digit."
        )
        raise BadInput(message)
    return text


def file_part(name: str) -> str:
    """Return a name that becomes a part of a path.

    Raises:
        BadInput: it could be another part of the file system than its folder.
    """
    if not _FILE.fullmatch(name):
        message = (
            f"{shown(name)} cannot be the name of a file here. Give at most 128 letters, digits "
            "and any of . - _, beginning with a letter or digit."
        )
        raise BadInput(message)
    return name


def shown(text: str) -> str:
    """Return a name as messages quote it: in one line, its control characters spelt, cut short."""
    quoted = repr(text)
    return quoted if len(quoted) <= LABEL_LENGTH else f"{quoted[: LABEL_LENGTH - 4]}...{quoted[0]}"
