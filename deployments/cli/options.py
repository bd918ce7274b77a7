"""Options that hold more than a word: JSON objects and pairs."""

import json
from collections.abc import Sequence
from typing import Any, NoReturn

from tasks.errors import BadInput


def as_object(text: str, *, option: str) -> dict[str, Any]:
    """Read a JSON object; nothing is an empty one.

    Raises:
        BadInput: it is something else.
    """
    if not text.strip():
        return {}
    try:
        found = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        message = f"{option} is not JSON: {error}. Write an object, such as '{{\"name\": 1}}'."
        raise BadInput(message) from error
    if not isinstance(found, dict):
        message = f"{option} holds {text!r:.40}. Write a JSON object, such as '{{\"name\": 1}}'."
        raise BadInput(message)
    return found


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


def _refuse(constant: str) -> NoReturn:
    message = f"{constant} is no number in JSON"
    raise ValueError(message)
