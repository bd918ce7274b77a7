"""Find a problem by its name, with a bond length, or by the path of a JSON file."""

from importlib import resources
from typing import Final

from datasets.problems.document import parse
from datasets.problems.given_file import looks_like_path, read_given
from datasets.problems.hydrogen import LEAST_ANGSTROM, MOST_ANGSTROM, hydrogen
from datasets.records.problems import Problem
from tasks.errors import BadInput, UnknownName

_FILES: Final = {
    "h2": "h2_0.7414.json",
    "h2@0.735": "h2_0.735.json",
    "h2@0.7414": "h2_0.7414.json",
    "lih": "lih_1.45.json",
    "lih@1.45": "lih_1.45.json",
    "beh2": "beh2_1.3264.json",
    "beh2@1.3264": "beh2_1.3264.json",
}
_COMPUTED: Final = "h2"
_LENGTHS: Final = f"{LEAST_ANGSTROM:g} to {MOST_ANGSTROM:g} angstrom"
_ANY: Final = f"h2@LENGTH ({_LENGTHS})"


def names() -> tuple[str, ...]:
    """Return the bundled names; a distance is in angstrom."""
    return tuple(_FILES)


def load(name_or_path: str) -> Problem:
    """Return a problem by name, or the one in a JSON file (docs/problems.md has the format).

    Raises:
        UnknownName: neither a name nor a path.
        BadInput: there is no such molecule at that bond length, or the file cannot be read, or
            breaks the format.
    """
    name = name_or_path.strip().lower()
    bundled = _FILES.get(name)
    if bundled is not None:
        return _bundled(bundled)
    if looks_like_path(name_or_path, ".json"):
        otherwise = f"a name ({', '.join((*names(), _ANY))})"
        data = read_given(name_or_path, kind="JSON", otherwise=otherwise)
        return parse(data, origin=name_or_path)
    molecule, at, length = name.partition("@")
    if not at or molecule.strip() not in _FILES:
        raise UnknownName(
            kind="problem", name=name_or_path, known=(*names(), _ANY, "the path of a JSON file")
        )
    return _stretched(molecule.strip(), length.strip(), given=name_or_path)


def _stretched(molecule: str, length: str, *, given: str) -> Problem:
    """Return a molecule at another bond length than the bundled ones."""
    distance = _number(length)
    if distance is None:
        message = f"{given!r:.80}: what follows @ is a bond length in angstrom, as in h2@0.9."
        raise BadInput(message)
    for name, file in _FILES.items():
        if name.partition("@")[0] == molecule and _number(name.partition("@")[2]) == distance:
            return _bundled(file)
    if molecule == _COMPUTED and LEAST_ANGSTROM <= distance <= MOST_ANGSTROM:
        return hydrogen(distance)
    if molecule == _COMPUTED:
        message = f"{given!r:.80}: H2 is computed at {_LENGTHS}. Give a length between."
        raise BadInput(message)
    bundled = next(name for name in _FILES if name.startswith(f"{molecule}@"))
    message = (
        f"{given!r:.80}: {molecule} is known at one bond length; choose {bundled}, or give the "
        "path of a JSON file with its Hamiltonian at another (docs/problems.md). h2 alone is "
        "computed at any length, as in h2@0.9."
    )
    raise BadInput(message)


def _bundled(file: str) -> Problem:
    return parse((resources.files("datasets.problems") / file).read_bytes(), origin=file)


def _number(text: str) -> float | None:
    try:
        return float(text) if text and not set(text) - set("0123456789.e+-") else None
    except ValueError:
        return None
