"""Options that hold more than a word: JSON objects and pairs."""

import json
from collections.abc import Sequence
from typing import Any

from tasks.errors import BadInput


def as_object(text: str, *, option: str) -> dict[str, Any]:
    """Read a JSON object; nothing is an empty one.

    Raises:
        BadInput: it is something else.
    """
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError as error:
        message = f"{option} is not JSON: {error}. Write an object, such as '{{\"name\": 1}}'."
        raise BadInput(message) from error
    if not isinstance(found, dict):
        message = f"{option} holds {text!r:.40}. Write a JSON object, such as '{{\"name\": 1}}'."
        raise BadInput(message)
    return found


def as_tags(pairs: Sequence[str]) -> dict[str, str]:
    """Read KEY=VALUE pairs.

    Raises:
        BadInput: one has no key, no `=`, or comes twice.
    """
    tags: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals or key in tags:
            message = f"--tag {pair!r:.80} is not a new KEY=VALUE. Write --tag team=chemistry."
            raise BadInput(message)
        tags[key] = value
    return tags
