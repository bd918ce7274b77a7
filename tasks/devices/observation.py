"""Look at every device that can be reached, and land what has changed since the last look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from datasets.lake.views import query
from datasets.records.devices import DeviceSnapshot
from tasks.backends.protocol import Device, Unseen
from tasks.backends.targets import PROVIDERS, target_of
from tasks.context.runtime import Runtime
from tasks.core.selection.calibration_age import age_h, told
from tasks.errors import RuntimeFault
from tasks.rows.devices import calibration_rows, observation_row, snapshot_row
from tasks.rows.rows import Row

STATUSES: Final = ("online", "offline", "retired")
_KNOWN: Final = "SELECT calibration_id, target FROM device_snapshots WHERE document IS NOT NULL"
_LATEST: Final = """SELECT target, calibration_id, status, queue_depth FROM device_snapshots
    WHERE status IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY target ORDER BY taken_at > now(), taken_at DESC) = 1"""


@dataclass(frozen=True, slots=True)
class Observed:
    """A device as it stood when it was looked at; `status` is online or offline."""

    target: str
    snapshot: DeviceSnapshot
    status: str
    queue_depth: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the devices saw, and which targets had something new to land."""

    taken_at: datetime
    observed: tuple[Observed, ...]
    missed: tuple[Unseen, ...]
    recalibrated: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether some device or region did not answer."""
        return any(not missed.unreadable for missed in self.missed)

    @property
    def ahead(self) -> tuple[Observed, ...]:
        """Devices whose calibration is of the future: their clock is wrong, or ours."""
        return tuple(
            seen
            for seen in self.observed
            if age_h(seen.snapshot.published_at, now=self.taken_at) is None
        )


def look(targets: Sequence[str], *, now: datetime) -> Look:
    """Look at these targets, or at all that can be reached when none is named; land nothing.

    A device that does not answer, or cannot be read, is missed by name, and the others are seen.

    Raises:
        BadInput: a named target is none.
    """
    found = list(_named(targets) if targets else _reachable())
    return Look(
        now,
        observed=tuple(each for each in found if isinstance(each, Observed)),
        missed=tuple(each for each in found if isinstance(each, Unseen)),
    )


def land(seen: Look, *, runtime: Runtime, run_id: str) -> Look:
    """Land the calibrations that are new, and how the devices stand where that has changed."""
    known = {tuple(row) for row in query(runtime.home.lake, _KNOWN).rows}
    before = {row[0]: row[1:] for row in query(runtime.home.lake, _LATEST).rows}
    new = [one for one in seen.observed if (one.snapshot.calibration_id, one.target) not in known]
    moved = [one for one in seen.observed if before.get(one.target) != _standing(one)]
    batches: dict[str, list[tuple[tuple[str, ...], list[Row]]]] = {
        "device_snapshots": [_snapshot(one, at=seen.taken_at) for one in new],
        "calibrations": [_calibration(one) for one in new],
    }
    if moved:
        key = ("observed", f"{seen.taken_at:%Y-%m-%d}", f"{seen.taken_at:%Ht%M%S%f}")
        rows = [_observation(one, at=seen.taken_at) for one in moved]
        batches["device_snapshots"].append((key, rows))
        runtime.lake.land_all(batches, run_id=run_id)
    return Look(
        seen.taken_at,
        seen.observed,
        seen.missed,
        recalibrated=tuple(one.target for one in new),
        changed=tuple(one.target for one in moved),
    )


def sentences(seen: Look) -> list[str]:
    """Say what was found, in lines."""
    n_seen, n_new, n_changed = map(len, (seen.observed, seen.recalibrated, seen.changed))
    lines = [f"{n_seen} devices seen, {n_new} with a new calibration, {n_changed} changed"]
    lines += [f"{target}: new calibration" for target in seen.recalibrated]
    lines += [
        f"{one.target}: its calibration is {told(one.snapshot.published_at, now=seen.taken_at)}"
        for one in seen.ahead
    ]
    return lines + [f"{one.name}: not seen: {one.reason}" for one in seen.missed]


def plain(seen: Look) -> dict[str, Any]:
    """Return a look as plain JSON types."""
    ahead = {one.target for one in seen.ahead}
    return {
        "taken_at": seen.taken_at.isoformat(),
        "devices": [
            {
                "target": one.target,
                "status": one.status,
                "queue_depth": one.queue_depth,
                "calibration_id": one.snapshot.calibration_id,
                "published_at": one.snapshot.published_at.isoformat(),
                "recalibrated": one.target in seen.recalibrated,
                "changed": one.target in seen.changed,
                "clock_ahead": one.target in ahead,
            }
            for one in seen.observed
        ],
        "missed": [
            {"name": one.name, "reason": one.reason, "unreadable": one.unreadable}
            for one in seen.missed
        ],
    }


def _named(targets: Sequence[str]) -> Iterator[Observed | Unseen]:
    for target in dict.fromkeys(targets):
        provider = target_of(target).provider
        provider.check(target)
        try:
            yield _observed(provider.look(target))
        except RuntimeFault as fault:
            yield Unseen.because(fault, name=target)


def _reachable() -> Iterator[Observed | Unseen]:
    for provider in PROVIDERS.values():
        yield from map(_observed, provider.reachable())


def _observed(seen: Device | Unseen) -> Observed | Unseen:
    if isinstance(seen, Unseen):
        return seen
    status = seen.status.lower()
    if status not in STATUSES:
        what = f"its status {seen.status!r:.40} is not known here"
        return Unseen(seen.snapshot.name, what, unreadable=True)
    return Observed(seen.target, seen.snapshot, status, seen.queue_depth)


def _standing(seen: Observed) -> tuple[object, ...]:
    return seen.snapshot.calibration_id, seen.status, seen.queue_depth


def _key(seen: Observed) -> tuple[str, str]:
    return seen.snapshot.calibration_id, seen.target


def _snapshot(seen: Observed, *, at: datetime) -> tuple[tuple[str, ...], list[Row]]:
    return _key(seen), [snapshot_row(seen.snapshot, target=seen.target, taken_at=at)]


def _calibration(seen: Observed) -> tuple[tuple[str, ...], list[Row]]:
    return _key(seen), list(calibration_rows(seen.snapshot, target=seen.target))


def _observation(seen: Observed, *, at: datetime) -> Row:
    return observation_row(
        seen.snapshot,
        target=seen.target,
        taken_at=at,
        status=seen.status,
        queue_depth=seen.queue_depth,
    )
