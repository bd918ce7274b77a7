"""What is known of each device here: the newest look in the lake, else what is bundled.

Neither a provider nor a simulator is asked or imported: this is for commands that answer at once.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from datasets.devices import catalogue
from datasets.devices.document import read_snapshot
from datasets.home import Home
from datasets.journal.glance import may_withhold
from datasets.records.devices import DeviceSnapshot
from datasets.records.states import Standing
from tasks.backends.targets import is_bought
from tasks.errors import BadInput, UnknownName

_LATEST: Final = """
    WITH seen AS (
        SELECT target, calibration_id, status, queue_depth, taken_at FROM device_snapshots
        WHERE status IS NOT NULL
        QUALIFY row_number() OVER (
            PARTITION BY target ORDER BY taken_at > now(), taken_at DESC) = 1),
    documents AS (
        SELECT target, calibration_id, any_value(document) AS document FROM device_snapshots
        WHERE document IS NOT NULL GROUP BY ALL)
    SELECT target, status, queue_depth, taken_at, calibration_id, document
    FROM seen JOIN documents USING (target, calibration_id) ORDER BY target"""


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device, how it stood when it was last seen to change, and what is said of it here.

    `seen_at` is None where nobody has looked: then it is bundled, or a file.
    """

    target: str
    snapshot: DeviceSnapshot
    standing: Standing
    status: str = "online"
    queue_depth: int | None = None
    seen_at: datetime | None = None

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, and so at any time."""
        return not is_bought(self.target)


def known_devices(home: Home, *, now: datetime) -> tuple[KnownDevice, ...]:
    """Return the bundled targets, then the devices of an account that were seen, by name."""
    seen, told = _seen(home), said(home, now=now)
    here, broken = catalogue.names(home.devices), catalogue.unreadable(home.devices)
    names = [name for name in (*here, *sorted(seen.keys() - set(here))) if name not in broken]
    return tuple(_known(name, seen.get(name), told, home) for name in names)


def known_device(target: str, home: Home, *, now: datetime) -> KnownDevice:
    """Return what is known of one target.

    Raises:
        UnknownName: there is none of that name.
        BadInput: it is a device of an account that nobody has looked at, or no snapshot file.
    """
    seen = _seen(home)
    if is_bought(target) and target not in seen:
        if not any(map(is_bought, seen)):
            message = f"{target} was not seen yet. `qrt calibrate --target {target}` looks at it."
            raise BadInput(message)
        kind = "device of an account"
        raise UnknownName(kind, target, filter(is_bought, seen))
    return _known(target, seen.get(target), said(home, now=now), home)


def _known(
    target: str, row: dict[str, Any] | None, told: dict[str, Standing], home: Home
) -> KnownDevice:
    standing = told.get(target, Standing(target))
    here = None if is_bought(target) else catalogue.resolve(target, home.devices)
    if here is not None and (row is None or row["calibration_id"] != here.calibration_id):
        return KnownDevice(target, here, standing, queue_depth=0)
    assert row is not None  # noqa: S101 - a device of an account is known by its row alone
    return KnownDevice(
        target,
        here or read_snapshot(row["document"], origin=f"the lake's document of {target}"),
        standing,
        status=row["status"],
        queue_depth=row["queue_depth"],
        seen_at=row["taken_at"],
    )


def _seen(home: Home) -> dict[str, dict[str, Any]]:
    """Return the newest look at each target; the lake is not opened where nothing was landed."""
    if isinstance(home.lake, Path) and not (home.lake / "device_snapshots").is_dir():
        return {}
    from datasets.lake.views import query

    found = query(home.lake, _LATEST)
    return {row[0]: dict(zip(found.columns, row, strict=True)) for row in found.rows}


def said(home: Home, *, now: datetime) -> dict[str, Standing]:
    """Return standings by target; does not create a missing journal."""
    if not may_withhold(home.journal):
        return {}
    from datasets.journal.journal import Journal

    journal = Journal.open(home.journal)
    try:
        return {standing.target: standing for standing in journal.standings(now=now)}
    finally:
        journal.close()
