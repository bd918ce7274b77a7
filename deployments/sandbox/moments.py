"""Times as the service writes them."""

from datetime import UTC, datetime


def iso(seconds: float) -> str:
    """Return a time in UTC to the millisecond, such as 2026-11-22T16:07:03.250Z."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def seconds_of(text: str) -> float | None:
    """Return the seconds since 1970 of a time in ISO 8601, UTC where no zone is given."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
