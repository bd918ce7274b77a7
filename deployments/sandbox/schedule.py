"""When a device works: its execution windows, in UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from datasets.records.devices import Window

_SATURDAY = 5


def is_open(windows: Sequence[Window], seconds: float) -> bool:
    """Return whether a device works at this moment; one without windows always does."""
    now = datetime.fromtimestamp(seconds, UTC)
    return not windows or any(_covers(window, now) for window in windows)


def _covers(window: Window, now: datetime) -> bool:
    time = now.time()
    if window.start <= window.end:
        return _is_day(window.day, now) and window.start <= time <= window.end
    if time >= window.start:
        return _is_day(window.day, now)
    return time <= window.end and _is_day(window.day, now - timedelta(days=1))


def _is_day(day: str, now: datetime) -> bool:
    match day:
        case "Everyday":
            return True
        case "Weekdays":
            return now.weekday() < _SATURDAY
        case "Weekend":
            return now.weekday() >= _SATURDAY
        case _:
            return f"{now:%A}" == day
