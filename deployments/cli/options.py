"""Options that hold more than a word: JSON objects and pairs."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import typer

from datasets.files.json_text import read_json
from tasks.core.text.whole_numbers import whole
from tasks.errors import BadInput

_OBJECT: Final = "Write a JSON object, such as '{\"name\": 1}'."
_SPAN: Final = re.compile(r"(\d{1,6}(?:\.\d{1,20})?)([mhd])")
_USD: Final = re.compile(
    r"(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3}|(?=\.\d))(?:\.\d{0,30})?(?:[eE][+-]?\d{1,2})?", re.ASCII
)
MAX_USD: Final = 100_000_000  # as `tasks.requests.run` has it
_DIGITS: Final = 30  # beyond each option's own limit, which the refusal then tells
_HOURS: Final = {"m": 1 / 60, "h": 1.0, "d": 24.0}


def as_object(text: str, *, option: str) -> dict[str, Any]:
    """Read a JSON object; nothing is an empty one.

    Raises:
        BadInput: it is something else.
    """
    if not text.strip():
        return {}
    found = read_json(text, origin=option, wanted=_OBJECT, finite=True)
    if not isinstance(found, dict):
        message = f"{option} holds {text!r:.40}. {_OBJECT}"
        raise BadInput(message)
    return found


def as_hours(text: str, *, option: str) -> float | None:
    """Read how long something takes, such as `12h`, in hours; nothing is None.

    Raises:
        BadInput: it is something else.
    """
    if not text.strip():
        return None
    found = _SPAN.fullmatch(text.strip())
    if found is None or not float(found[1]):
        message = f"{option} {text!r:.40} is not a span of time. Write 90m, 12h or 2d."
        raise BadInput(message)
    return float(found[1]) * _HOURS[found[2]]


def as_usd(text: str | None, *, option: str) -> Decimal | None:
    """Read an amount of money, such as `25` or `1,000.50`, exactly; nothing is None.

    Raises:
        BadInput: it is something else, or finer than the books.
    """
    if text is None:
        return None
    found = _USD.fullmatch(text.strip())
    amount = Decimal(text.strip().replace(",", "")) if found else Decimal(-1)
    if not 0 <= amount <= MAX_USD or amount != round(amount, 6):
        message = (
            f"{option} {text!r:.40} is no amount from 0 to {MAX_USD:,} USD with up to 6 decimals. "
            "Write 25, 0.30 or 1,000.50."
        )
        raise BadInput(message)
    return amount


def as_count(text: str) -> int:
    """Read a whole number as people write one: `1000`, `1,000`, `1_000`, `1e4`.

    Raises:
        BadInput: it is something else.
    """
    words = str(text).strip()
    unsigned = words[1:] if words[:1] in {"+", "-"} else words
    number = whole(unsigned, max_digits=_DIGITS)
    if number is None:
        message = f"{text!r:.40} is no whole number. Write 1000, 1,000 or 1e4."
        raise BadInput(message)
    return -number if words.startswith("-") else number


def count(text: str) -> int:
    """Read a whole number for an option, whose name the refusal then has."""
    try:
        return as_count(text)
    except BadInput as fault:
        raise typer.BadParameter(str(fault)) from fault


def as_tags(pairs: Sequence[str]) -> dict[str, str]:
    """Read KEY=VALUE pairs.

    Raises:
        BadInput: one has no key or no `=`, or a key comes twice.
    """
    tags: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            message = f"--tag {pair!r:.80} is not KEY=VALUE. Write --tag team=chemistry."
            raise BadInput(message)
        if key in tags:
            message = f"--tag {key!r:.80} comes twice. Give each key one value."
            raise BadInput(message)
        tags[key] = value
    return tags
