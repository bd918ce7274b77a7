"""The provider's time, from the Date headers of its answers: this machine's clock may be wrong."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

_told: list[tuple[datetime, float]] = []  # the latest: what time it was, and since when we know


def note(answer: Mapping[str, Any]) -> None:
    """Keep what an answer of boto3 says of the time; most say it, to the second."""
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        moment = parsedate_to_datetime(str(headers.get("date"))).astimezone(UTC)
    except ValueError:
        return
    _told[:] = [(moment, time.monotonic())]


def provider_time() -> datetime | None:
    """Return what time it is at the provider, or None before it has answered this process."""
    if not _told:
        return None
    moment, known_s = _told[0]
    return moment + timedelta(seconds=time.monotonic() - known_s)
