"""The age of a calibration, and the refusal of one that is too old or from the future."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.selection.calibration_age import SKEW, age_h, check_fresh, told
from tasks.errors import CalibrationStale

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
spans = st.timedeltas(timedelta(0), timedelta(days=3000))


@given(spans)
def test_the_age_is_the_time_since_it_was_published(age: timedelta) -> None:
    assert age_h(NOW - age, now=NOW) == pytest.approx(age / timedelta(hours=1))


@given(spans)
def test_what_the_future_has_published_has_no_age_and_passes_no_limit(ahead: timedelta) -> None:
    published = NOW + SKEW + ahead + timedelta(seconds=1)
    assert age_h(published, now=NOW) is None
    check_fresh("emulator:garnet", published, now=NOW, limit_h=None)
    with pytest.raises(CalibrationStale, match="in the future"):
        check_fresh("emulator:garnet", published, now=NOW, limit_h=1e6)


@given(st.timedeltas(timedelta(0), SKEW))
def test_two_good_clocks_may_differ_a_little(ahead: timedelta) -> None:
    assert age_h(NOW + ahead, now=NOW) == 0.0


@given(spans, st.floats(0.01, 80_000))
def test_it_is_refused_exactly_when_it_is_older_than_the_limit(
    age: timedelta, limit_h: float
) -> None:
    published = NOW - age
    if age / timedelta(hours=1) > limit_h:
        with pytest.raises(CalibrationStale, match=r"^The calibration of .* old; at most .*$"):
            check_fresh("emulator:garnet", published, now=NOW, limit_h=limit_h)
    else:
        check_fresh("emulator:garnet", published, now=NOW, limit_h=limit_h)
        assert limit_h >= (age_h(published, now=NOW) or 0.0)


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(minutes=20), "20 min old"),
        (timedelta(hours=3), "3 h old"),
        (timedelta(days=9), "9 d old"),
        (timedelta(days=-2), "dated 2 d in the future"),
    ],
)
def test_an_age_is_said_in_the_unit_that_fits(age: timedelta, said: str) -> None:
    assert said in told(NOW - age, now=NOW)
