"""What the lake remembers decides what the journal says of a device."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from datasets.devices.catalogue import resolve
from datasets.devices.identity import sealed
from datasets.home import Home
from datasets.records.devices import DeviceSnapshot, Figure
from datasets.records.states import Authority, DeviceState, Standing
from tasks.context.runtime import Runtime, open_runtime
from tasks.devices.drift import LIMIT, judge, limit_of, look
from tasks.rows.devices import calibration_rows, snapshot_row

pytestmark = pytest.mark.slow

TARGET = "emulator:garnet"
START = datetime(2026, 5, 5, tzinfo=UTC)
DAYS = 24
RUN_ID = "0" * 32


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    """Return an empty home."""
    return open_runtime(Home(tmp_path / "home"))


def land(runtime: Runtime, snapshots: list[DeviceSnapshot]) -> None:
    """Land calibrations, all in one file: each file is checked."""
    key = (snapshots[0].calibration_id, TARGET)
    devices = [snapshot_row(s, target=TARGET, taken_at=s.published_at) for s in snapshots]
    figures = [row for s in snapshots for row in calibration_rows(s, target=TARGET)]
    tables = {"device_snapshots": [(key, devices)], "calibrations": [(key, figures)]}
    runtime.lake.land_all(tables, run_id=RUN_ID)


def days(*, worse_from: int = DAYS) -> list[DeviceSnapshot]:
    """Return a calibration of a small part of Garnet each day; one pair gets worse."""
    whole, rng = resolve(TARGET), np.random.default_rng(5)
    found = []
    for day in range(DAYS):
        pairs = [
            replace(
                pair,
                fidelity=Figure(
                    1
                    - (1 - pair.fidelity.value)
                    * float(np.exp(rng.normal(0, 0.1)))
                    * (5 if place == 0 and day >= worse_from else 1)
                ),
            )
            for place, pair in enumerate(whole.pairs[:6])
        ]
        snapshot = replace(
            whole,
            qubits=whole.qubits[:2],
            pairs=tuple(pairs),
            published_at=START + timedelta(days=day),
        )
        found.append(sealed(snapshot))
    return found


def test_a_device_that_is_not_in_the_lake_is_not_judged(runtime: Runtime) -> None:
    assert look(TARGET, runtime=runtime, now=START, limit=LIMIT).standings == ()
    assert judge([TARGET], runtime=runtime, now=START) == []


def test_a_pair_that_got_worse_degrades_the_device_until_it_is_better_again(
    runtime: Runtime,
) -> None:
    now = START + timedelta(days=DAYS)
    snapshots = days(worse_from=DAYS - 5)
    land(runtime, snapshots)
    judge([TARGET], runtime=runtime, now=now)
    said = runtime.journal.standing(TARGET, now=now)
    assert said.state is DeviceState.DEGRADED
    first, second = snapshots[0].pairs[0].labels
    assert said.reason.startswith(f"{first}-{second} cz error: ")
    operator = Standing(TARGET, DeviceState.DEGRADED, "by hand", None, "operator:ada", now)
    runtime.journal.stand(operator)
    later = now + LIMIT + timedelta(seconds=1)
    assert runtime.journal.standing(TARGET, now=later).set_by == "operator:ada"


def test_a_quiet_device_is_healthy_and_the_same_calibration_again_says_nothing_new(
    runtime: Runtime,
) -> None:
    now = START + timedelta(days=DAYS)
    land(runtime, days())
    once = look(TARGET, runtime=runtime, now=now, limit=None)
    again = [replace(s, source="seen again") for s in days()[-1:]]
    land(runtime, [sealed(replace(s, published_at=now)) for s in again])
    twice = look(TARGET, runtime=runtime, now=now, limit=None)
    assert [f.known for f in twice.findings] == [f.known for f in once.findings]
    assert [s.state for s in once.standings] == [DeviceState.HEALTHY]


def test_age_is_judged_on_machines_and_on_nothing_that_simulates(runtime: Runtime) -> None:
    land(runtime, days())
    later = START + timedelta(days=DAYS) + LIMIT
    said = look(TARGET, runtime=runtime, now=later, limit=LIMIT).standings
    assert [s.state for s in said if s.authority is Authority.FRESHNESS] == [DeviceState.DEGRADED]
    assert limit_of(TARGET) is None
    assert limit_of("braket:arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet") == LIMIT
    assert limit_of("braket:arn:aws:braket:::device/quantum-simulator/amazon/sv1") is None
