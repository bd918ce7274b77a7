"""A look at devices is landed where something has changed, and nowhere else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datasets.devices import catalogue
from datasets.devices.document import read_snapshot
from datasets.home import Home
from datasets.journal.journal import Journal
from datasets.lake.lake import Lake
from datasets.lake.views import query
from datasets.records.devices import DeviceSnapshot
from tasks.backends.protocol import Unseen
from tasks.context.runtime import Runtime
from tasks.devices.known_devices import known_device, known_devices
from tasks.devices.observation import Look, Observed, land, look, plain, sentences
from tasks.errors import BadInput, UnknownName
from tests.tasks.execution.fake_target import a_journal

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RUN_ID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
ARN = "braket:arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
NEWEST = catalogue.resolve("emulator:garnet")
OLDER = catalogue.resolve("emulator:garnet@2025-07-06")


def a_runtime(folder: Path) -> Runtime:
    home = Home(folder)
    home.lake.mkdir()
    journal: Journal = a_journal()
    return Runtime(home, journal, Lake(str(home.lake), home.quarantine))


def a_look(hour: int, snapshot: DeviceSnapshot, status: str = "online", queue: int = 3) -> Look:
    at = NOW + timedelta(hours=hour)
    return Look(at, (Observed(ARN, snapshot, status, queue),), ())


@pytest.mark.slow
def test_only_what_has_changed_is_landed(tmp_path: Path) -> None:
    runtime = a_runtime(tmp_path)
    looks = [
        (a_look(0, OLDER), True, True),
        (a_look(1, OLDER), False, False),
        (a_look(2, OLDER, queue=9), False, True),
        (a_look(3, NEWEST, queue=9), True, True),
        (a_look(4, NEWEST, "offline", 9), False, True),
        (a_look(5, OLDER, "offline", 9), False, True),  # a calibration that is known
        (a_look(6, OLDER, "offline", 9), False, False),
    ]
    for seen, recalibrated, changed in looks:
        found = land(seen, runtime=runtime, run_id=RUN_ID)
        assert (bool(found.recalibrated), bool(found.changed)) == (recalibrated, changed)
    rows = query(
        runtime.home.lake,
        "SELECT status, queue_depth, document FROM device_snapshots ORDER BY taken_at",
    ).rows
    stood = [(status, queue) for status, queue, _ in rows if status]
    assert stood == [("online", 3), ("online", 9), ("online", 9), ("offline", 9), ("offline", 9)]
    documents = [read_snapshot(document, origin="it") for *_, document in rows if document]
    assert documents == [OLDER, NEWEST]
    figures = "SELECT count(*), count(flag) FROM calibrations"
    ((n_figures, n_flagged),) = query(runtime.home.lake, figures).rows
    assert n_figures > 2 * (3 * 20 + 30)
    assert n_flagged == len(OLDER.dropped) + len(NEWEST.dropped)
    newest = known_device(ARN, runtime.home, now=NOW)
    assert (newest.snapshot, newest.status, newest.queue_depth) == (OLDER, "offline", 9)
    assert [device.target for device in known_devices(runtime.home, now=NOW)][-1] == ARN


def test_a_calibration_of_the_future_is_told() -> None:
    ahead = replace(NEWEST, published_at=NOW + timedelta(days=3))
    seen = a_look(0, ahead)
    assert plain(seen)["devices"][0]["clock_ahead"] is True
    assert any("dated 3 d in the future" in line for line in sentences(seen))
    assert plain(a_look(0, NEWEST))["devices"][0]["clock_ahead"] is False


def test_what_was_missed_is_named_and_only_silence_is_a_failure() -> None:
    unreadable = Unseen("Aquila", "its vendor is not known here", unreadable=True)
    silent = Unseen("Garnet", "no answer", unreadable=False)
    assert not Look(NOW, (), (unreadable,)).failed
    assert Look(NOW, (), (unreadable, silent)).failed
    assert "Garnet: not seen: no answer" in sentences(Look(NOW, (), (silent,)))


def test_a_target_that_is_named_is_looked_at_alone() -> None:
    seen = look(["emulator:garnet", "emulator:garnet"], now=NOW)
    assert [(one.target, one.snapshot) for one in seen.observed] == [("emulator:garnet", NEWEST)]
    with pytest.raises(UnknownName):
        look(["emulator:willow"], now=NOW)


def test_without_an_account_the_bundled_targets_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BRAKET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tasks.backends.braket.provider.has_account", lambda: False)
    seen = look([], now=NOW)
    assert tuple(one.target for one in seen.observed) == catalogue.names()
    assert seen.missed == ()


def test_a_device_that_nobody_has_looked_at_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=f"`qrt calibrate --target {ARN}` looks at it"):
        known_device(ARN, Home(tmp_path), now=NOW)
