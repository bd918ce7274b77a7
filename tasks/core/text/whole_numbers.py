"""Whole numbers as people write them: 1000, 1,000, 1_000, 1e3."""

import re
from typing import Final

MAX_DIGITS: Final = 18
_PLAIN: Final = re.compile(r"\d+\Z", re.ASCII)
_GROUPED: Final = re.compile(r"\d{1,3}(?:([,_ ])\d{3})(?:\1\d{3})*\Z", re.ASCII)
_POWER: Final = re.compile(r"(\d+)(?:\.(\d+))?[eE]\+?(\d{1,2})\Z", re.ASCII)


def whole(text: str, *, max_digits: int = MAX_DIGITS) -> int | None:
    """Return the number, or None where the text is no whole number of at most `max_digits`."""
    text = text.strip()
    if len(text) > 2 * max_digits:
        return None
    digits = re.sub(r"[,_ ]", "", text) if _GROUPED.match(text) else text
    if found := _POWER.match(text):
        part = (found[2] or "").rstrip("0")
        places = int(found[3]) - len(part)
        if places < 0 or places > max_digits:
            return None
        digits = found[1] + part + "0" * places
    if not _PLAIN.match(digits):
        return None
    number = int(digits)
    return number if number < 10**max_digits else None
