"""Asking again is bounded in attempts and time, and never above a quota."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.backends.braket.patience import Clock, Pace, Patience, patiently
from tasks.errors import InvalidRequest, Throttled


class Hours:
    """A clock whose pauses take no time."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.clock = Clock(lambda: self.now_s, self._sleep, np.random.default_rng(1))

    def _sleep(self, seconds: float) -> None:
        self.now_s += seconds


@given(
    fails=st.integers(0, 30),
    attempts=st.integers(1, 12),
    total_s=st.floats(0, 200),
    work_s=st.floats(0, 30),
)
def test_attempts_and_time_have_an_end(
    fails: int, attempts: int, total_s: float, work_s: float
) -> None:
    hours, asked = Hours(), 0

    def ask() -> int:
        nonlocal asked
        asked += 1
        hours.now_s += work_s
        if asked <= fails:
            raise Throttled("Some", "Code", "no")
        return asked

    try:
        assert patiently(ask, patience=Patience(attempts, total_s), clock=hours.clock) == fails + 1
    except Throttled:
        assert asked == attempts or hours.now_s + 20 > total_s
    assert asked <= attempts
    # The last attempt begins in time, give or take the jitter of its pause.
    assert hours.now_s <= total_s + 0.25 * 20 + work_s


def test_what_is_terminal_is_not_asked_again() -> None:
    def ask() -> None:
        raise InvalidRequest("Some", "Code", "no")

    hours = Hours()
    with pytest.raises(InvalidRequest):
        patiently(ask, patience=Patience(), clock=hours.clock)
    assert hours.now_s == 0


@given(rate=st.floats(0.5, 100), calls=st.integers(1, 60))
def test_calls_keep_to_the_rate_of_their_operation(rate: float, calls: int) -> None:
    hours = Hours()
    pace = Pace({"Some": rate}, clock=hours.clock)
    moments = []
    for _ in range(calls):
        pace.keep("Some")
        pace.keep("Other")
        moments.append(hours.now_s)
    gaps = np.diff(moments)
    assert (gaps >= 1 / rate - 1e-9).all()
    assert hours.now_s == pytest.approx((calls - 1) / rate)
