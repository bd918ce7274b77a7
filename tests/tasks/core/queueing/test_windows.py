"""When a device is open: every piece of its week, joined where they touch, over midnight too."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices import catalogue
from datasets.records.devices import Window
from tasks.core.queueing.windows import open_until, opens_at

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAYS = ["Monday", "Tuesday", "Saturday", "Sunday", "Weekdays", "Weekend", "Everyday"]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside it
hours = st.times().map(lambda t: t.replace(second=0, microsecond=0))
windows = st.lists(st.builds(Window, st.sampled_from(DAYS), hours, hours), max_size=4)


def is_open(window: Window, now: datetime) -> bool:
    """Tell by the definition: today's piece, or yesterday's that reaches into today."""
    wraps = window.end <= window.start
    today = (
        on(window.day, now) and window.start <= now.time() and (wraps or now.time() < window.end)
    )
    yesterday = on(window.day, now - timedelta(days=1)) and wraps and now.time() < window.end
    return today or yesterday


def on(day: str, now: datetime) -> bool:
    named = {"Everyday": range(7), "Weekdays": range(5), "Weekend": range(5, 7)}
    return now.weekday() in named.get(day, []) or f"{now:%A}" == day


@given(windows, moments)
def test_it_is_open_exactly_in_its_pieces(week: list[Window], now: datetime) -> None:
    assert (open_until(week, now=now) is not None) == any(is_open(one, now) for one in week)


@given(windows, moments)
def test_it_opens_next_when_it_says_and_not_before(week: list[Window], now: datetime) -> None:
    opens = opens_at(week, now=now)
    if opens is None:
        assert week == []
        return
    assert now <= opens <= now + timedelta(days=7, hours=1)
    assert open_until(week, now=opens) is not None
    before = now + (opens - now) / 2
    assert opens == now or open_until(week, now=before) is None


@given(windows, moments)
def test_what_is_open_closes_when_it_says(week: list[Window], now: datetime) -> None:
    closes = open_until(week, now=now)
    if closes is not None and closes < now + timedelta(days=7):
        assert open_until(week, now=closes) is None
        assert open_until(week, now=closes - timedelta(microseconds=1)) == closes


def test_pieces_that_meet_at_midnight_are_one() -> None:
    week = (Window("Monday", time(22), time(23, 59, 59)), Window("Tuesday", time(0), time(4)))
    assert open_until(week, now=MONDAY + timedelta(hours=23)) == MONDAY + timedelta(hours=28)


def test_a_piece_may_wrap_midnight() -> None:
    week = (Window("Monday", time(12), time(3)),)
    assert open_until(week, now=MONDAY + timedelta(hours=26)) == MONDAY + timedelta(hours=27)
    assert opens_at(week, now=MONDAY + timedelta(hours=28)) == MONDAY + timedelta(days=7, hours=12)


@pytest.mark.parametrize("target", catalogue.names())
def test_every_bundled_device_opens_within_a_week(target: str) -> None:
    opens = opens_at(catalogue.resolve(target).windows, now=MONDAY)
    assert opens is not None
    assert opens < MONDAY + timedelta(days=7)
