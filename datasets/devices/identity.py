"""The content address of a device snapshot."""

import dataclasses
from datetime import UTC

from datasets.records.devices import CalibrationId, DeviceSnapshot
from tasks.core.identity import digest

_NOT_CONTENT = frozenset({"calibration_id", "source"})


def calibration_id(snapshot: DeviceSnapshot) -> CalibrationId:
    """Return the digest of everything that the snapshot says of the device.

    `source` is left out: where the same figures were found does not make them others.
    """
    names = (field.name for field in dataclasses.fields(snapshot))
    content = {name: getattr(snapshot, name) for name in names if name not in _NOT_CONTENT}
    return CalibrationId(digest(content | {"published_at": snapshot.published_at.astimezone(UTC)}))


def sealed(snapshot: DeviceSnapshot) -> DeviceSnapshot:
    """Return the snapshot with its `calibration_id` computed."""
    return dataclasses.replace(snapshot, calibration_id=calibration_id(snapshot))
