"""How old a calibration is, and what to make of one that was published in the future."""

from datetime import datetime, timedelta
from typing import Final

from tasks.errors import CalibrationStale

SKEW: Final = timedelta(minutes=5)  # by which two good clocks may differ
_HOUR: Final = timedelta(hours=1)
_DAYS_FROM_H: Final = 48


def age_h(published_at: datetime, *, now: datetime) -> float | None:
    """Return the age in hours; None where a clock is wrong, since the future has published it."""
    age = now - published_at
    return max(age, timedelta()) / _HOUR if age >= -SKEW else None


def told(published_at: datetime, *, now: datetime) -> str:
    """Say how old a calibration is."""
    hours = age_h(published_at, now=now)
    if hours is None:
        ahead = span((published_at - now) / _HOUR)
        return f"dated {ahead} in the future, so that one clock is wrong and its age not known"
    return f"{span(hours)} old"


def span(hours: float) -> str:
    """Say how long that is, in the unit that fits."""
    if hours < 1:
        return f"{60 * hours:.0f} min"
    return f"{hours:.0f} h" if hours < _DAYS_FROM_H else f"{hours / 24:.0f} d"


def check_fresh(
    target: str, published_at: datetime, *, now: datetime, limit_h: float | None
) -> None:
    """Refuse a calibration that is older than a limit, where there is one.

    Raises:
        CalibrationStale: it is, or its age is not known.
    """
    if limit_h is None:
        return
    hours = age_h(published_at, now=now)
    if hours is None or hours > limit_h:
        raise CalibrationStale(target, told(published_at, now=now), limit_h)
