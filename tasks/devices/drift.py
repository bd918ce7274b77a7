"""What the lake remembers of a device, held against the device as it is now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from datasets.lake.views import query
from datasets.records.states import Standing
from tasks.backends.targets import target_of
from tasks.context.runtime import Runtime
from tasks.core.drift.alarms import Finding, findings
from tasks.core.drift.evidence import Reading, series
from tasks.core.drift.verdict import aged, drifted
from tasks.core.progress.events import emit

LIMIT: Final = timedelta(days=7)  # how old the newest calibration of a machine may be
REMEMBERED: Final = 180  # newest calibrations that are looked at

_HISTORY: Final = """
    WITH taken AS (
        SELECT calibration_id, target, min(coalesce(published_at, taken_at)) AS moment
        FROM device_snapshots WHERE target = '{target}' GROUP BY ALL
        ORDER BY moment DESC LIMIT {most})
    SELECT c.element, c.metric, t.moment, any_value(c.value)
    FROM calibrations c JOIN taken t USING (calibration_id, target)
    WHERE c.flag IS NULL AND c.value IS NOT NULL GROUP BY ALL
    ORDER BY c.element, c.metric, t.moment"""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found of a device at one moment; `standings` are what the checks say of it.

    `latest` is when its newest calibration was published; None where the lake knows of none.
    """

    target: str
    findings: tuple[Finding, ...]
    standings: tuple[Standing, ...]
    latest: datetime | None


def look(target: str, *, runtime: Runtime, now: datetime, limit: timedelta | None = LIMIT) -> Look:
    """Hold the newest figures of a device against its history; `limit` None asks for no freshness.

    Raises:
        StorageFault: the lake cannot be read.
    """
    readings = list(_history(target, runtime=runtime))
    if not readings:
        return Look(target, (), (), None)
    found, latest = findings(series(readings)), max(reading.at for reading in readings)
    standings = [drifted(target, found, now=now, limit=limit or LIMIT)]
    if limit is not None:
        standings.append(aged(target, published_at=latest, now=now, limit=limit))
    return Look(target, found, tuple(standings), latest)


def limit_of(target: str) -> timedelta | None:
    """Return how old a machine's calibration may be; what simulates has no such limit."""
    asked = target_of(target)
    return LIMIT if asked.is_bought and not asked.is_simulator else None


def judge(targets: Iterable[str], *, runtime: Runtime, now: datetime) -> list[Standing]:
    """Say in the journal what drift and age make of devices; both take back what they said."""
    said = [
        standing
        for target in targets
        for standing in look(target, runtime=runtime, now=now, limit=limit_of(target)).standings
    ]
    for standing in said:
        runtime.journal.stand(standing)
        emit("device.judged", target=standing.target, state=standing.state)
    return said


def _history(target: str, *, runtime: Runtime) -> Iterator[Reading]:
    sql = _HISTORY.format(target=target.replace("'", "''"), most=REMEMBERED)
    for element, metric, moment, value in query(runtime.home.lake, sql).rows:
        yield Reading(element, metric, moment.astimezone(UTC), value)
