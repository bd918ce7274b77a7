"""Where files may be that a request names: anywhere on one's own machine, in few folders for forms.

Whoever fills in a form is not whoever owns the worker's files. A process that runs what came
through a form is confined to the folders that the operator allowed.
"""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tasks.errors import BadInput

ALLOWED: Final = "QRT_INPUTS"
# The home's `inputs` has a folder for each run, of what it was given: that is its own.
_RUN: Final = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")

_confined_to: tuple[Path, ...] | None = None


def input_folders(inputs: Path, environment: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Return the folders that forms may name files of: QRT_INPUTS, else the home's `inputs`.

    Raises:
        BadInput: a folder of QRT_INPUTS is no absolute path.
    """
    settings = os.environ if environment is None else environment
    named = [text for text in settings.get(ALLOWED, "").split(os.pathsep) if text.strip()]
    return tuple(_absolute(text) for text in named) or (inputs,)


def _absolute(text: str) -> Path:
    with suppress(RuntimeError):  # no such home
        if (path := Path(text).expanduser()).is_absolute():
            return path
    message = f"{ALLOWED} names {text!r:.80}, which is no absolute path. Correct it."
    raise BadInput(message)


def confine(folders: Sequence[Path] | None) -> None:
    """Have this process read named files of these folders alone; of any again with None."""
    global _confined_to  # noqa: PLW0603 - what a process may read is the process'
    _confined_to = None if folders is None else tuple(folders)


def named_path(text: str | Path) -> Path:
    """Return the path of what a request names; where it is confined, one in an allowed folder.

    There a relative path begins in one of these folders. Links are followed before it is judged.

    Raises:
        BadInput: it is elsewhere.
    """
    path = Path(text)
    with suppress(RuntimeError, ValueError):  # no such home: whoever reads the file says so
        path = path.expanduser()
    if _confined_to is None:
        return path
    inside = [found for folder in _confined_to if (found := _within(folder, path)) is not None]
    if not inside:
        folders = f"{os.pathsep} ".join(map(str, _confined_to))
        message = (
            f"{str(text)!r:.80} is not among the files that forms may name ({folders}). "
            f"Put it there, give its text, or have the operator add its folder to {ALLOWED}."
        )
        raise BadInput(message)
    return next((found for found in inside if found.exists()), inside[0])


def _within(folder: Path, path: Path) -> Path | None:
    """Return where the path leads, if that is in the folder and not what a run was given."""
    try:
        root = folder.resolve()
        found = (root / path).resolve()
        below = found.relative_to(root)
    except (OSError, ValueError, RuntimeError):
        return None
    return None if below.parts and _RUN.fullmatch(below.parts[0]) else found
