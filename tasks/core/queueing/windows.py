"""When a device's weekly schedule is open: pieces that touch are one, and may wrap midnight."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

from datasets.records.devices import Window

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKEND: Final = 5  # the first day of it
_TOUCHING: Final = timedelta(seconds=1)  # 23:59:59 and 00:00 are the same moment to vendors
_AHEAD: Final = 9  # days: a week, and the pieces that reach into it or out of it

Piece = tuple[datetime, datetime]


def open_until(windows: Sequence[Window], *, now: datetime) -> datetime | None:
    """Return when the window that is open now closes, at most 8 days ahead; None if none is."""
    return next((end for start, end in _pieces(windows, now=now) if start <= now < end), None)


def opens_at(windows: Sequence[Window], *, now: datetime) -> datetime | None:
    """Return when the next window opens: now if one is open, None if none ever does."""
    found = (start for start, end in _pieces(windows, now=now) if end > now)
    start = next(found, None)
    return None if start is None else max(start, now)


def _pieces(windows: Sequence[Window], *, now: datetime) -> Iterator[Piece]:
    """Yield the open times around now in order, those that touch joined."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), tzinfo=UTC)
    days = (midnight + timedelta(days=number) for number in range(-1, _AHEAD))
    pieces = sorted(_piece(w, day) for day in days for w in windows if _is_on(w.day, day))
    joined: Piece | None = None
    for start, end in pieces:
        if joined and start - joined[1] <= _TOUCHING:
            joined = (joined[0], max(joined[1], end))
            continue
        if joined:
            yield joined
        joined = (start, end)
    if joined:
        yield joined


def _piece(window: Window, day: datetime) -> Piece:
    start, end = (
        datetime.combine(day, moment, tzinfo=UTC) for moment in (window.start, window.end)
    )
    return start, end if end > start else end + timedelta(days=1)


def _is_on(named: str, day: datetime) -> bool:
    number = day.weekday()
    match named:
        case "Everyday":
            return True
        case "Weekdays":
            return number < _WEEKEND
        case "Weekend":
            return number >= _WEEKEND
    return _DAYS[number] == named
