"""A run keeps the device that it began with."""

from pathlib import Path

import pytest

from datasets.devices.catalogue import resolve
from datasets.records.devices import CalibrationId, DeviceSnapshot
from datasets.records.executions import RunId
from tasks.backends.braket_snapshots import snapshot_of
from tasks.errors import StorageFault

RUN, OTHER = RunId("a" * 32), RunId("b" * 32)


def now() -> DeviceSnapshot:
    return resolve("emulator:garnet")


def later() -> DeviceSnapshot:
    return resolve("emulator:garnet@2025-07-06")


def unasked() -> DeviceSnapshot:
    message = "the device was looked at again"
    raise AssertionError(message)


def test_a_run_that_is_resumed_sees_what_it_saw_first(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    first = snapshot_of(RUN, used=None, folder=folder, look=now)
    assert first == now()
    for used in (None, first.calibration_id):
        assert snapshot_of(RUN, used=used, folder=folder, look=unasked) == first


def test_a_run_that_begins_later_sees_the_device_as_it_is_then(tmp_path: Path) -> None:
    snapshot_of(RUN, used=None, folder=tmp_path, look=now)
    assert snapshot_of(OTHER, used=None, folder=tmp_path, look=later) == later()
    assert snapshot_of(RUN, used=None, folder=tmp_path, look=unasked) == now()


def test_what_executions_were_compiled_for_goes_before_anything_else(tmp_path: Path) -> None:
    used = snapshot_of(OTHER, used=None, folder=tmp_path, look=later).calibration_id
    snapshot_of(RUN, used=None, folder=tmp_path, look=now)
    assert snapshot_of(RUN, used=used, folder=tmp_path, look=unasked).calibration_id == used


def test_a_lost_snapshot_is_taken_again_while_it_is_in_force(tmp_path: Path) -> None:
    used = now().calibration_id
    assert snapshot_of(RUN, used=used, folder=tmp_path, look=now) == now()


def test_a_lost_snapshot_that_is_no_longer_in_force_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match=r"compiled for calibration .* start a new run"):
        snapshot_of(RUN, used=CalibrationId("f" * 64), folder=tmp_path, look=now)
    assert list(tmp_path.iterdir()) == []
