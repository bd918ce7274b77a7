"""What is said of a device: whether work may go there, who says so, why, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class DeviceState(StrEnum):
    """Whether work may go to a device, from best to worst."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"  # it may, and is told so
    MAINTENANCE = "maintenance"  # it may not, and somebody works on it
    QUARANTINED = "quarantined"  # it may not

    @property
    def refuses(self) -> bool:
        """Whether no work may go there."""
        return self in {DeviceState.MAINTENANCE, DeviceState.QUARANTINED}

    @property
    def severity(self) -> int:
        """How bad it is, from 0."""
        return list(DeviceState).index(self)


class Authority(StrEnum):
    """Who may say something of a device; all but operators are checks that run by themselves."""

    OPERATOR = "operator"
    DRIFT = "drift"
    CANARY = "canary"
    FRESHNESS = "freshness"


@dataclass(frozen=True, slots=True)
class Standing:
    """One statement on a device.

    `set_by` is an authority, and for people who it was: `drift`, `operator:ada`; it is empty where
    nobody has said anything, as `since` is None. From `until` (UTC) on the statement is void.
    """

    target: str
    state: DeviceState = DeviceState.HEALTHY
    reason: str = ""
    until: datetime | None = None
    set_by: str = ""
    since: datetime | None = None

    @property
    def authority(self) -> Authority:
        """Who has said it.

        Raises:
            ValueError: nobody that may.
        """
        return Authority(self.set_by.partition(":")[0])

    def holds(self, now: datetime) -> bool:
        """Whether it is not void yet."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that was done on somebody's order; entries are numbered, and never change."""

    entry_id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
