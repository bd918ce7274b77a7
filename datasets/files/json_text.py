"""The one reader of JSON that somebody gives: limited in depth and in the number of its values.

A key that stands twice in one object is refused: readers differ in which of them counts.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NoReturn

from tasks.errors import BadInput

MAX_DEPTH: Final = 100
MAX_VALUES: Final = 5_000_000  # lists, objects and what is in them
_SHOWN: Final = 40  # characters of a key that a message repeats


def read_json(text: str, *, origin: str, wanted: str, finite: bool = False) -> Any:
    """Return what a JSON text says; `wanted` ends the message, as in `Give a graph.`.

    With `finite` the NaN and Infinity that Python takes for numbers are refused too.

    Raises:
        BadInput: it is not JSON, nests too deep, has too many values, a key twice, or text that is
            no Unicode.
    """
    try:
        found = json.loads(
            text, parse_constant=_refuse if finite else None, object_pairs_hook=_object
        )
    except _TwiceError as error:
        message = f"{origin} has {error} twice in one object. Keep one of them."
        raise BadInput(message) from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        message = f"{origin} is not JSON ({error.msg} at {place}). {wanted}"
        raise BadInput(message) from error
    except RecursionError as error:
        raise _too_deep(origin) from error
    except ValueError as error:
        message = f"{origin} is not JSON ({_number_fault(error)}). {wanted}"
        raise BadInput(message) from error
    _check_size(found, origin)
    if "\\u" in text:
        _check_unicode(found, origin)
    return found


class _TwiceError(Exception):
    """A key that stands twice, quoted."""


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise _TwiceError(repr(twice[:_SHOWN]))
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _number_fault(error: ValueError) -> str:
    known = str(error) in {"NaN", "Infinity", "-Infinity"}
    return f"{error} is no number in JSON" if known else "a number has too many digits"


def _check_size(found: Any, origin: str) -> None:
    level, depth, count = [found], 0, 0
    while level:
        held = [value for value in level if isinstance(value, list | dict)]
        level = [
            inner
            for value in held
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        count += len(level)
        if count > MAX_VALUES:
            message = f"{origin} has more than {MAX_VALUES:,} values. Give a smaller file."
            raise BadInput(message)
        depth += bool(held)
        if depth > MAX_DEPTH:
            raise _too_deep(origin)


def _check_unicode(found: Any, origin: str) -> None:
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        message = f"{origin} has half of a Unicode character, as \\ud800 is. Correct it."
        raise BadInput(message) from error


def _too_deep(origin: str) -> BadInput:
    return BadInput(f"{origin} nests deeper than {MAX_DEPTH} levels. Give a flatter one.")
