"""Find a problem by its bundled name or by the path of a JSON file."""

from importlib import resources
from pathlib import Path

from datasets.problems.document import parse
from datasets.records.problems import Problem
from tasks.errors import BadInput, UnknownName

_FILES = {
    "h2": "h2_0.7414.json",
    "h2@0.735": "h2_0.735.json",
    "h2@0.7414": "h2_0.7414.json",
    "lih": "lih_1.45.json",
    "lih@1.45": "lih_1.45.json",
    "beh2": "beh2_1.3264.json",
    "beh2@1.3264": "beh2_1.3264.json",
}
_MAX_BYTES = 32_000_000  # 100,000 terms of 24 letters take a tenth of it


def names() -> tuple[str, ...]:
    """Return the bundled names; a distance is in angstrom."""
    return tuple(_FILES)


def load(name_or_path: str) -> Problem:
    """Return a bundled problem, or the one in a JSON file (docs/problems.md has the format).

    Raises:
        UnknownName: neither a bundled name nor a path.
        BadInput: the file cannot be read, or breaks the format.
    """
    bundled = _FILES.get(name_or_path.lower())
    if bundled is not None:
        folder = resources.files("datasets.problems")
        return parse((folder / bundled).read_bytes(), origin=bundled)
    if not _looks_like_path(name_or_path):
        raise UnknownName(
            kind="problem", name=name_or_path, known=(*names(), "the path of a JSON file")
        )
    return parse(_read(name_or_path), origin=name_or_path)


def _looks_like_path(text: str) -> bool:
    return text.endswith(".json") or "/" in text or "\\" in text or text in {".", ".."}


def _read(name: str) -> bytes:
    try:
        path = Path(name)
        if path.is_dir():
            message = f"{name} is a folder. Give the path of a JSON file."
            raise BadInput(message)
        if not path.is_file():
            message = (
                f"There is no file {name}. Give a bundled name ({', '.join(names())}) or path."
            )
            raise BadInput(message)
        if path.stat().st_size > _MAX_BYTES:
            message = f"{name} is larger than {_MAX_BYTES // 10**6} MB. Give a smaller problem."
            raise BadInput(message)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{name!r} cannot be read: {reason}. Give the path of a readable JSON file."
        raise BadInput(message) from error
