"""A run keeps the device that it began with."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from datasets.devices.catalogue import resolve
from datasets.records.devices import CalibrationId, DeviceSnapshot
from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.context.pinned_inputs import pinned_snapshot
from tasks.errors import StorageFault
from tests.tasks.execution.fake_target import Place, a_place

NOW = datetime(2026, 5, 5, tzinfo=UTC)
RUN = Run(RunId("a" * 32), "vqe", "default", "braket:garnet", 1, "{}", NOW)
OTHER = replace(RUN, run_id=RunId("b" * 32))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = a_place(tmp_path)
    for run in (RUN, OTHER):
        made.journal.begin(run)
    yield made
    made.journal.close()


def now() -> DeviceSnapshot:
    return resolve("emulator:garnet")


def later() -> DeviceSnapshot:
    return resolve("emulator:garnet@2025-07-06")


def unasked() -> DeviceSnapshot:
    message = "the device was looked at again"
    raise AssertionError(message)


def test_a_run_that_is_resumed_sees_what_it_saw_first(place: Place) -> None:
    first = pinned_snapshot(RUN, pins=place.pins(RUN.run_id), used=None, look=now)
    assert first == now()
    for used in (None, first.calibration_id):
        assert pinned_snapshot(RUN, pins=place.pins(RUN.run_id), used=used, look=unasked) == first


def test_a_run_that_begins_later_sees_the_device_as_it_is_then(place: Place) -> None:
    pinned_snapshot(RUN, pins=place.pins(RUN.run_id), used=None, look=now)
    assert pinned_snapshot(OTHER, pins=place.pins(OTHER.run_id), used=None, look=later) == later()
    assert pinned_snapshot(RUN, pins=place.pins(RUN.run_id), used=None, look=unasked) == now()


def test_a_lost_snapshot_is_taken_again_while_it_is_in_force(place: Place) -> None:
    used = now().calibration_id
    assert pinned_snapshot(RUN, pins=place.pins(RUN.run_id), used=used, look=now) == now()


def test_a_lost_snapshot_that_is_no_longer_in_force_stops_the_run(place: Place) -> None:
    gone = CalibrationId("f" * 64)
    with pytest.raises(StorageFault, match=r"compiled for calibration .* start a new run"):
        pinned_snapshot(RUN, pins=place.pins(RUN.run_id), used=gone, look=now)
    assert place.pins(RUN.run_id).names("") == []
