"""Device snapshots that runs began with, so that a resumed run sees the same device."""

from collections.abc import Callable
from pathlib import Path

from datasets.devices.document import read_snapshot, write_snapshot
from datasets.devices.text_file import read_text, write_text
from datasets.records.devices import CalibrationId, DeviceSnapshot
from datasets.records.executions import RunId
from tasks.errors import StorageFault


def snapshot_of(
    run_id: RunId,
    *,
    used: CalibrationId | None,
    folder: Path,
    look: Callable[[], DeviceSnapshot],
) -> DeviceSnapshot:
    """Return the device as the run first saw it; a run that begins has a `look` at it.

    `used` is the calibration of the run's executions, where it has any.

    Raises:
        StorageFault: the run has executions, and what they were compiled for is not kept.
    """
    pin = folder / f"run-{run_id}"
    known = used or (CalibrationId(read_text(pin).strip()) if pin.exists() else None)
    if known is not None and (kept := _path(folder, known)).exists():
        return read_snapshot(read_text(kept), origin=str(kept))
    found = look()
    if used not in {None, found.calibration_id}:
        message = (
            f"Run {run_id} was compiled for calibration {used:.12}... of {found.name}, which is no "
            f"longer in force, nor kept in {folder}. Restore that folder, or start a new run."
        )
        raise StorageFault(message)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(_path(folder, found.calibration_id), write_snapshot(found), replace=True)
    write_text(pin, found.calibration_id, replace=True)
    return found


def _path(folder: Path, calibration_id: CalibrationId) -> Path:
    return folder / f"{calibration_id}.json"
