"""Whole numbers as people write them: 1000, 1,000, 1_000, 1e3."""

import re
from typing import Final

MAX_DIGITS: Final = 30  # beyond any limit that is then told
_PLAIN: Final = re.compile(r"\d+\Z", re.ASCII)
_GROUPED: Final = re.compile(r"\d{1,3}(?:([,_ ])\d{3})(?:\1\d{3})*\Z", re.ASCII)
_POWER: Final = re.compile(r"(\d+)(?:\.(\d+))?[eE]\+?(\d{1,2})\Z", re.ASCII)


def whole(text: str) -> int | None:
    """Return the number, or None where the text is no whole number of at most 30 digits."""
    text = text.strip()
    if len(text) > 2 * MAX_DIGITS:
        return None
    digits = re.sub(r"[,_ ]", "", text) if _GROUPED.match(text) else text
    if found := _POWER.match(text):
        part = (found[2] or "").rstrip("0")
        places = int(found[3]) - len(part)
        if places < 0 or places > MAX_DIGITS:
            return None
        digits = found[1] + part + "0" * places
    if not _PLAIN.match(digits):
        return None
    number = int(digits)
    return number if number < 10**MAX_DIGITS else None
