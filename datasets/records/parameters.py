"""Names of free parameters: letters of any script, and how elements of vectors are called."""

import re
import unicodedata
from typing import Final

MAX_LENGTH: Final = 200
_ASCII: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LETTERS: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"})  # as in OpenQASM 3
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


def called(text: str) -> str:
    """Return a parameter's name as circuits have it: composed, an element as exporters write it.

    Qiskit calls the first element of a vector `θ[0]` and writes it as `_θ_0_`.
    """
    name = unicodedata.normalize("NFC", text.strip())
    found = _ELEMENT.match(name)
    return name if found is None else f"_{found['vector']}_{found['place']}_"


def _belongs(letter: str) -> bool:
    if letter.isascii():
        return letter.isalnum() or letter == "_"
    return unicodedata.category(letter) in _LETTERS
