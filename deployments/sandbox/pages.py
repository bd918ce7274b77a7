"""Pages of a search: at most 100 entries, and a token for the next ones."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from deployments.sandbox.wire import invalid

MAX_RESULTS = 100


def page(found: Sequence[Any], members: Mapping[str, Any], *, name: str) -> dict[str, Any]:
    """Return the page of `found` that the request asks for.

    Raises:
        Refusal: ValidationException for a token that no search has given.
    """
    start = _start(members.get("nextToken"))
    end = start + (members.get("maxResults") or MAX_RESULTS)
    answer: dict[str, Any] = {name: list(found[start:end])}
    if end < len(found):
        answer["nextToken"] = base64.urlsafe_b64encode(f"from {end}".encode()).decode()
    return answer


def _start(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("from "))
    except (binascii.Error, ValueError) as error:
        message = "Invalid nextToken."
        raise invalid(message) from error
