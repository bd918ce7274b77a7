"""What a device's history says of the device: healthy, degraded or quarantined, in words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from datasets.records.states import Authority, DeviceState, Standing
from tasks.core.drift.alarms import Finding
from tasks.core.drift.evidence import quantity, spoken
from tasks.core.drift.levels import ENOUGH
from tasks.core.selection.calibration_age import SKEW

WIDESPREAD: Final = 0.25  # share of the figures that can be judged: beyond it nothing is trusted
FEW: Final = 4  # with fewer figures, a share of them says nothing of the device
NAMED: Final = 3  # alarms that a reason tells before it says how many more


def drifted(target: str, found: Sequence[Finding], *, now: datetime, limit: timedelta) -> Standing:
    """Return what the alarms say: degraded by any, quarantined where a quarter of figures alarm.

    The statement is void once `limit` has passed without another look.
    """
    alarms = sorted((f for f in found if f.alarm), key=lambda f: -f.step)
    judged = sum(f.known > ENOUGH for f in found)
    if not alarms:
        return Standing(target, reason=_calm(judged, found), set_by=Authority.DRIFT, since=now)
    many = judged >= FEW and len(alarms) >= WIDESPREAD * judged
    told = "; ".join(sentence(alarm) for alarm in alarms[:NAMED])
    more = f"; and {len(alarms) - NAMED} more" if len(alarms) > NAMED else ""
    share = f"{len(alarms)} of {judged} figures: " if many else ""
    return Standing(
        target,
        DeviceState.QUARANTINED if many else DeviceState.DEGRADED,
        reason=f"{share}{told}{more}",
        until=now + limit,
        set_by=Authority.DRIFT,
        since=now,
    )


def aged(target: str, *, published_at: datetime, now: datetime, limit: timedelta) -> Standing:
    """Return what the age of the newest calibration says.

    It holds until a newer calibration is seen. Figures of the future are not trusted either.
    """
    age = now - published_at
    if -SKEW <= age <= limit:
        return Standing(target, set_by=Authority.FRESHNESS, since=now)
    days, most = age.total_seconds() / 86_400, limit.total_seconds() / 86_400
    reason = (
        f"the newest calibration is {days:.1f} days old, the limit is {most:g}"
        if age > limit
        else f"the newest calibration is dated {published_at:%Y-%m-%d %H:%M} UTC, after now"
    )
    return Standing(
        target, DeviceState.DEGRADED, reason=reason, set_by=Authority.FRESHNESS, since=now
    )


def sentence(finding: Finding) -> str:
    """Say what changed: `3-8 cz error: 0.9 % to 4.1 % since 2026-05-03, 7.2 robust sigmas`."""
    before, after = (spoken(finding.metric, bad) for bad in (finding.level, finding.now))
    return (
        f"{finding.element} {quantity(finding.metric)}: {before} to {after} "
        f"since {finding.since:%Y-%m-%d}, {finding.step:.1f} robust sigmas"
    )


def _calm(judged: int, found: Sequence[Finding]) -> str:
    if judged:
        return f"{judged} figures are within their history"
    most = max((f.known for f in found), default=0)
    return f"calibrations known: {most}; a figure is judged from {ENOUGH + 1} on"
