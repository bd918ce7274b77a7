"""Names of free parameters: letters of any script, and how elements of vectors are called."""

import re
import unicodedata
from typing import Final

from tasks.errors import BadInput

MAX_LENGTH: Final = 200
MAX_MARKS: Final = 30  # on one letter: Unicode's Stream-Safe Text Format (UAX 15)
_ASCII: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LETTERS: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"})  # as in OpenQASM 3
_MANY: Final = re.compile(rf"[^\x00-\x7f]{{{MAX_MARKS + 1},}}")
_ELEMENT: Final = re.compile(r"(?P<vector>[^\W\d]\w*)\[(?P<place>\d{1,9})\]\Z")


def is_identifier(text: str) -> bool:
    """Tell whether OpenQASM 3 takes this for a name: letters, digits of ASCII, underscores.

    Here a name has at most `MAX_LENGTH` characters.
    """
    if len(text) > MAX_LENGTH:
        return False
    if text.isascii():
        return bool(_ASCII.match(text))
    return all(map(_belongs, text)) and not text[0].isdigit()


def composed(text: str) -> str:
    """Return a text in which letters and their marks are one, where Unicode has such (NFC).

    Raises:
        BadInput: a letter has more than `MAX_MARKS` marks, which take as long as their square.
    """
    if text.isascii():
        return text
    for found in _MANY.finditer(text):
        marks = 0
        for letter in found[0]:
            marks = marks + 1 if unicodedata.combining(letter) else 0
            if marks > MAX_MARKS:
                message = f"More than {MAX_MARKS} marks stand on one letter. Remove them."
                raise BadInput(message)
    return unicodedata.normalize("NFC", text)


def called(text: str) -> str:
    """Return a parameter's name as circuits have it: composed, an element as exporters write it.

    Qiskit calls the first element of a vector `θ[0]` and writes it as `_θ_0_`.

    Raises:
        BadInput: a letter has too many marks.
    """
    name = composed(text.strip())
    found = _ELEMENT.match(name)
    return name if found is None else f"_{found['vector']}_{found['place']}_"


def _belongs(letter: str) -> bool:
    if letter.isascii():
        return letter.isalnum() or letter == "_"
    return unicodedata.category(letter) in _LETTERS
