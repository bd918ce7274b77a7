"""181 daily calibrations of a real device: alarms are few, mostly right, and rarely false."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from benchmarks.drift import Figures, histories, measure, shuffled
from tasks.core.drift.alarms import RATE
from tasks.core.drift.evidence import Series


@pytest.fixture(scope="module")
def perth(shared_data: Path) -> tuple[tuple[Series, ...], tuple[datetime, ...]]:
    """Return the device's history."""
    return histories(shared_data / "drift_and_queue")


@pytest.mark.slow
def test_alarms_come_with_real_changes_and_find_most_of_the_large_ones(
    perth: tuple[tuple[Series, ...], tuple[datetime, ...]],
) -> None:
    found: Figures = measure(*perth)
    assert found.n_series == 34
    assert 1.0 < found.device_alarms_a_month < 3.0
    assert 4.0 < found.alarms_a_month < 10.0
    assert found.precision > 0.85 > 3 * found.by_chance
    assert found.detection > 0.5


@pytest.mark.slow
def test_where_nothing_changes_a_look_rarely_alarms(
    perth: tuple[tuple[Series, ...], tuple[datetime, ...]],
) -> None:
    every, days = perth
    looks = [
        measure(shuffled(every, rng=np.random.default_rng([2, i])), days).days_alarming
        for i in range(4)
    ]
    # An alarm lasts some days, so the looks of one history are some 15 independent ones in 166.
    assert np.mean(looks) < RATE + 3 * np.sqrt(RATE * (1 - RATE) / (4 * 15))
