"""A run keeps the device that it began with."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from datasets.devices.catalogue import resolve
from datasets.layout import Home
from datasets.records.devices import CalibrationId, DeviceSnapshot
from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.errors import StorageFault
from tasks.lifecycle.inputs import pinned_snapshot

NOW = datetime(2026, 5, 5, tzinfo=UTC)
RUN = Run(RunId("a" * 32), "vqe", "default", "braket:garnet", 1, "{}", NOW)
OTHER = replace(RUN, run_id=RunId("b" * 32))


def now() -> DeviceSnapshot:
    return resolve("emulator:garnet")


def later() -> DeviceSnapshot:
    return resolve("emulator:garnet@2025-07-06")


def unasked() -> DeviceSnapshot:
    message = "the device was looked at again"
    raise AssertionError(message)


def test_a_run_that_is_resumed_sees_what_it_saw_first(tmp_path: Path) -> None:
    first = pinned_snapshot(RUN, home=Home(tmp_path), used=None, look=now)
    assert first == now()
    for used in (None, first.calibration_id):
        assert pinned_snapshot(RUN, home=Home(tmp_path), used=used, look=unasked) == first


def test_a_run_that_begins_later_sees_the_device_as_it_is_then(tmp_path: Path) -> None:
    pinned_snapshot(RUN, home=Home(tmp_path), used=None, look=now)
    assert pinned_snapshot(OTHER, home=Home(tmp_path), used=None, look=later) == later()
    assert pinned_snapshot(RUN, home=Home(tmp_path), used=None, look=unasked) == now()


def test_a_lost_snapshot_is_taken_again_while_it_is_in_force(tmp_path: Path) -> None:
    used = now().calibration_id
    assert pinned_snapshot(RUN, home=Home(tmp_path), used=used, look=now) == now()


def test_a_lost_snapshot_that_is_no_longer_in_force_stops_the_run(tmp_path: Path) -> None:
    gone = CalibrationId("f" * 64)
    with pytest.raises(StorageFault, match=r"compiled for calibration .* start a new run"):
        pinned_snapshot(RUN, home=Home(tmp_path), used=gone, look=now)
    assert list(tmp_path.iterdir()) == []
