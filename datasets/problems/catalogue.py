"""Find a problem by its bundled name or by the path of a JSON file."""

from importlib import resources

from datasets.problems.document import parse
from datasets.problems.given_file import looks_like_path, read_given
from datasets.records.problems import Problem
from tasks.errors import UnknownName

_FILES = {
    "h2": "h2_0.7414.json",
    "h2@0.735": "h2_0.735.json",
    "h2@0.7414": "h2_0.7414.json",
    "lih": "lih_1.45.json",
    "lih@1.45": "lih_1.45.json",
    "beh2": "beh2_1.3264.json",
    "beh2@1.3264": "beh2_1.3264.json",
}


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
    if not looks_like_path(name_or_path, ".json"):
        raise UnknownName(
            kind="problem", name=name_or_path, known=(*names(), "the path of a JSON file")
        )
    otherwise = f"a bundled name ({', '.join(names())})"
    data = read_given(name_or_path, kind="JSON", otherwise=otherwise)
    return parse(data, origin=name_or_path)
