"""Time to result: when a device is open, what waits before us, and how fast it works.

Tasks ahead are served one after the other, only while the device is open, each as long as one of
`TYPICAL_SHOTS` shots. Providers publish no service times, so the expected time is good to a factor
of a few, and the same for all devices of a kind.

A queue wanders: over 181,000 pairs of looks at the queues of 12 devices (2023-11, every ten
minutes) the logarithm of its length moves by 0.55 sqrt(hours) (standard deviation, 10 minutes to 12
hours), with no drift. After an hour the devices' order by length correlates with what it was by
0.90, after 12 hours by 0.48: what a queue says is worth less the longer it is. `Expected` has that
spread.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from datasets.records.devices import DeviceSnapshot, Window
from tasks.core.compilation.durations import Durations, durations_of

TYPICAL_SHOTS: Final = 1000
SPREAD_PER_ROOT_HOUR: Final = 0.5  # half the width of the logarithm that holds 4 of 5 cases
SPREAD_MOST_H: Final = 24.0  # a queue does not wander further than over a day
LOOK_AHEAD_DAYS: Final = 15  # a schedule repeats every week
_HOUR_S: Final = 3600
_GAP: Final = timedelta(seconds=1)  # windows that end at 23:59:59 end at midnight
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_GROUPS: Final = {
    "Everyday": range(7),
    "Weekdays": range(5),
    "Weekend": range(5, 7),
    **{name: range(i, i + 1) for i, name in enumerate(_DAYS)},
}

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Expected:
    """When a result is to be had, in seconds from now, and the range that holds 4 of 5 cases.

    `closed_s` of `result_s` pass while the device is closed, `queue_s` while others are served, and
    `run_s` while the work runs.
    """

    result_s: float
    low_s: float
    high_s: float
    closed_s: float
    queue_s: float
    run_s: float


def expected(
    snapshot: DeviceSnapshot,
    *,
    now: datetime,
    queue_depth: int | None,
    tasks: int,
    shots: int,
    windows: Sequence[Window] | None = None,
) -> Expected | None:
    """Return when `tasks` tasks with `shots` shots in all are done; None when it never opens.

    `windows` go before those of the snapshot. A queue that is not known counts as empty.
    """
    schedule = snapshot.windows if windows is None else windows
    durations = durations_of(snapshot)
    queue_s = (queue_depth or 0) * service_s(durations, tasks=1, shots=TYPICAL_SHOTS)
    run_s = service_s(durations, tasks=tasks, shots=shots)
    factor = math.exp(SPREAD_PER_ROOT_HOUR * math.sqrt(min(queue_s / _HOUR_S, SPREAD_MOST_H)))
    ends = [
        done_s(schedule, now=now, work_s=wait_s + run_s)
        for wait_s in (queue_s, queue_s / factor, queue_s * factor)
    ]
    if ends[0] is None or ends[1] is None:
        return None
    last_s = math.inf if ends[2] is None else ends[2]
    closed_s = ends[0] - queue_s - run_s
    return Expected(ends[0], ends[1], last_s, closed_s, queue_s, run_s)


def service_s(durations: Durations, *, tasks: int, shots: int) -> float:
    """Return how long a device works on tasks with so many shots in all."""
    return tasks * durations.task_s + shots * durations.shot_s


def done_s(windows: Sequence[Window], *, now: datetime, work_s: float) -> float | None:
    """Return the seconds from now until work is done that goes on only while the device is open.

    Without windows it is always open. None where the schedule has no room within two weeks.
    """
    if not windows:
        return work_s
    left_s = work_s
    for start, end in spans(windows, since=now):
        begins = max(start, now)
        room_s = (end - begins).total_seconds()
        if room_s > 0 and left_s <= room_s:
            return (begins - now).total_seconds() + left_s
        left_s -= max(room_s, 0.0)
    return None


def opens(windows: Sequence[Window], *, now: datetime) -> datetime | None:
    """Return when the device takes work next, `now` where it is open; None where it never does."""
    if not windows:
        return now
    return next((max(start, now) for start, end in spans(windows, since=now) if end > now), None)


def spans(windows: Sequence[Window], *, since: datetime) -> Iterator[Span]:
    """Yield when the device is open, in order, from the day before `since` on; none touch."""
    midnight = datetime.combine(since.date(), time(0), since.tzinfo)
    found = sorted(
        _span(window, midnight + timedelta(days=day))
        for day in range(-1, LOOK_AHEAD_DAYS)
        for window in windows
        if (midnight + timedelta(days=day)).weekday() in _GROUPS[window.day]
    )
    open_: Span | None = None
    for start, end in found:
        if open_ is not None and start <= open_[1]:
            open_ = (open_[0], max(open_[1], end))
            continue
        if open_ is not None:
            yield open_
        open_ = (start, end)
    if open_ is not None:
        yield open_


def _span(window: Window, midnight: datetime) -> Span:
    """Return a window on one day; one that ends before it starts ends on the next."""
    start = datetime.combine(midnight.date(), window.start, midnight.tzinfo)
    end = datetime.combine(midnight.date(), window.end, midnight.tzinfo)
    if window.end <= window.start:
        end += timedelta(days=1)
    return start, end + _GAP if window.end.second == 59 else end  # noqa: PLR2004 - the last second
