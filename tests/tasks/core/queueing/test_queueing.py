"""When a result is to be had: queue, windows and speed."""

import csv
import gzip
import math
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.records.devices import Window
from tasks.core.queueing.time_to_result import (
    LOOK_AHEAD_DAYS,
    SPREAD_PER_ROOT_HOUR,
    done_s,
    expected,
    opens,
    spans,
)

DAYS = ["Monday", "Tuesday", "Saturday", "Weekdays", "Weekend", "Everyday"]
TIMES = st.times().map(lambda each: each.replace(microsecond=0))
WINDOWS = st.lists(st.builds(Window, st.sampled_from(DAYS), TIMES, TIMES), min_size=1, max_size=4)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001
SUNDAY = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
GARNET = resolve("emulator:garnet")


@given(WINDOWS, MOMENTS)
def test_the_device_is_open_in_stretches_that_do_not_touch(
    windows: list[Window], now: datetime
) -> None:
    found = list(spans(windows, since=now))
    assert all(start < end for start, end in found)
    assert all(a[1] < b[0] for a, b in pairwise(found))


@given(WINDOWS, MOMENTS, st.floats(1.0, 80_000.0), st.floats(1.0, 80_000.0))
def test_more_work_is_never_done_earlier(
    windows: list[Window], now: datetime, one_s: float, more_s: float
) -> None:
    first, second = (done_s(windows, now=now, work_s=s) for s in (one_s, one_s + more_s))
    if first is None:
        assert second is None
    else:
        assert first >= one_s
        assert second is None or second >= first + more_s - 1e-6


@given(MOMENTS, st.floats(0.0, 1e6))
def test_without_windows_work_takes_as_long_as_it_is(now: datetime, work_s: float) -> None:
    assert done_s((), now=now, work_s=work_s) == work_s
    assert opens((), now=now) == now


def test_a_closed_device_begins_when_it_opens() -> None:
    # Garnet's newest schedule has weekdays alone; this is a Sunday evening.
    assert opens(GARNET.windows, now=SUNDAY) == SUNDAY.replace(hour=0) + timedelta(days=1)
    assert done_s(GARNET.windows, now=SUNDAY, work_s=60.0) == 3 * 3600 + 60
    # It is open for an hour and a half, and again after 03:15.
    assert done_s(GARNET.windows, now=SUNDAY, work_s=5400.0 + 60) == (6 * 3600 + 900 + 60)


def test_a_window_may_wrap_midnight() -> None:
    night = [Window("Everyday", time(12), time(3))]
    assert opens(night, now=SUNDAY) == SUNDAY
    assert done_s(night, now=SUNDAY, work_s=6 * 3600) == 6 * 3600
    assert done_s(night, now=SUNDAY, work_s=7 * 3600) == (15 + 1) * 3600


def test_a_device_that_closes_for_good_is_never_done() -> None:
    never = [Window("Monday", time(8), time(8, 0, 1))]
    assert done_s(never, now=SUNDAY, work_s=86_400.0 * LOOK_AHEAD_DAYS) is None
    assert expected(GARNET, now=SUNDAY, queue_depth=10**6, tasks=1, shots=1) is None


@given(st.integers(0, 4000), st.integers(1, 100), st.integers(1, 200_000))
def test_the_range_holds_the_expectation_and_widens_with_the_queue(
    queue: int, tasks: int, shots: int
) -> None:
    found = expected(GARNET, now=SUNDAY, queue_depth=queue, tasks=tasks, shots=shots, windows=())
    assert found is not None
    assert found.low_s <= found.result_s <= found.high_s
    assert math.isclose(found.result_s, found.closed_s + found.queue_s + found.run_s)
    alone = expected(GARNET, now=SUNDAY, queue_depth=None, tasks=tasks, shots=shots, windows=())
    assert alone is not None
    assert alone.low_s == alone.high_s == alone.result_s <= found.result_s


@pytest.fixture(scope="session")
def lengths(shared_data: Path) -> dict[str, list[tuple[datetime, int]]]:
    """Return the queue lengths of real devices over time."""
    path = shared_data / "drift_and_queue" / "ibm_queue_pending_jobs_2023-11_10min.csv.gz"
    found = defaultdict(list)
    with gzip.open(path, "rt") as stream:
        for row in csv.DictReader(stream):
            at = datetime.fromisoformat(row["timestamp"])
            found[row["backend"]].append((at, int(row["pending_jobs"])))
    return found


@pytest.mark.parametrize("hours", [1, 2, 4, 6, 12])
def test_four_of_five_real_queues_stay_within_the_spread(
    lengths: dict[str, list[tuple[datetime, int]]], hours: int
) -> None:
    width = SPREAD_PER_ROOT_HOUR * math.sqrt(hours)
    within = total = 0
    for looks in lengths.values():
        later = iter(looks)
        at, length = next(later)
        for before, was in looks[::3]:
            while at < before + timedelta(hours=hours):
                at, length = next(later, (datetime.max.replace(tzinfo=UTC), 0))
            if at - before < timedelta(hours=hours, minutes=20):
                total += 1
                within += abs(math.log((length + 5) / (was + 5))) <= width
    assert total > 5000
    assert 0.72 < within / total < 0.92
