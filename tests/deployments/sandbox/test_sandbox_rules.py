"""Prices, schedules, rates and dice, without a service around them."""

from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox_calls import BUCKET, SV1, Caller, code

from datasets.devices import catalogue
from datasets.records.devices import Window
from deployments.sandbox.billing import bill, usd
from deployments.sandbox.moments import iso, seconds_of
from deployments.sandbox.rates import Bucket, CallCounts
from deployments.sandbox.sampling import Distribution, cumulated, sample
from deployments.sandbox.schedule import is_open
from deployments.sandbox.settings import Settings
from deployments.sandbox.state import State


@pytest.mark.parametrize(
    ("target", "shots", "seconds", "price"),
    [
        ("emulator:forte-enterprise", 100, 9.0, "8.30"),
        ("emulator:garnet", 1000, 9.0, "1.75"),
        ("emulator:sv1", 1000, 0.252, "0.00375"),
        ("emulator:sv1", 1000, 60.0, "0.075"),
    ],
)
def test_prices_are_those_of_real_bills(
    target: str, shots: int, seconds: float, price: str
) -> None:
    assert usd(catalogue.resolve(target), shots=shots, seconds=seconds) == Decimal(price)


def test_tasks_in_a_reservation_cost_nothing_themselves() -> None:
    assert usd(catalogue.resolve("emulator:garnet"), shots=1000, reserved=True) == 0


def test_five_program_sets_of_cepheus_cost_what_they_really_did() -> None:
    snapshot = catalogue.resolve("emulator:cepheus")
    sets = [(snapshot.arn, 2568, str(usd(snapshot, shots=2568))) for _ in range(5)]
    found = bill(sets)
    assert (found["tasks"], found["shots"], round(found["usd"], 2)) == (5, 12_840, 6.96)


NIGHT = (Window("Friday", time(22), time(3)),)
DAY = (Window("Weekdays", time(9), time(17)),)


@pytest.mark.parametrize(
    ("windows", "moment", "expected"),
    [
        (DAY, datetime(2026, 11, 20, 12, tzinfo=UTC), True),  # a Friday
        (DAY, datetime(2026, 11, 21, 12, tzinfo=UTC), False),
        (DAY, datetime(2026, 11, 20, 18, tzinfo=UTC), False),
        (NIGHT, datetime(2026, 11, 20, 23, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 11, 21, 2, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 11, 20, 2, tzinfo=UTC), False),
        ((Window("Weekend", time(0), time(23, 59)),), datetime(2026, 11, 22, 1, tzinfo=UTC), True),
        ((), datetime(2026, 11, 22, 1, tzinfo=UTC), True),
    ],
)
def test_windows_are_kept_also_past_midnight(
    windows: tuple[Window, ...], moment: datetime, *, expected: bool
) -> None:
    assert is_open(windows, moment.timestamp()) is expected


@given(st.floats(0, 4_000_000_000))
def test_a_time_survives_being_written_to_the_millisecond(seconds: float) -> None:
    text = iso(seconds)
    assert len(text) <= 24
    assert abs((seconds_of(text) or 0.0) - seconds) < 0.0011


def test_a_bucket_fills_again_with_time() -> None:
    now = [0.0]
    bucket = Bucket(rate=2.0, capacity=3.0, clock=lambda: now[0])
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]


def test_peaks_are_of_any_second() -> None:
    now = [0.0]
    calls = CallCounts(clock=lambda: now[0])
    for moment in (0.0, 0.9, 1.5, 1.6, 1.7, 9.0):
        now[0] = moment
        calls.count("GetDevice")
    assert calls.listed()["GetDevice"] == {"total": 6, "peak_per_second": 4, "throttled": 0}


def test_quotas_throttle_only_where_they_are_enforced(tmp_path: Path) -> None:
    for name, throttled in (("kept", True), ("free", False)):
        state = State.open(Settings(tmp_path / name, enforce_quotas=throttled))
        caller = Caller(state)
        codes = {code(caller.call("SearchDevices", filters=[])) for _ in range(60)}
        assert ("ThrottlingException" in codes) is throttled
        state.store.close()


def test_simulators_take_so_many_tasks_at_a_time(tmp_path: Path) -> None:
    state = State.open(Settings(tmp_path, enforce_quotas=True))
    caller = Caller(state, "us-west-1")
    caller.send("s3", "PUT", f"/{BUCKET}")
    codes = [code(caller.create(SV1)) for _ in range(51)]
    assert codes == [""] * 50 + ["ServiceQuotaExceededException"]
    state.store.close()


@given(
    weights=st.lists(st.floats(0, 1), min_size=8, max_size=8).filter(any),
    seed=st.integers(0, 2**32),
)
def test_outcomes_are_possible_ones_and_the_same_for_a_seed(
    weights: list[float], seed: int
) -> None:
    given_ = Distribution(cumulated(np.array(weights)), (2, 1, 0), (0.0,) * 3, 1.0, (0, 1, 2))
    bits, again = (sample(given_, shots=50, rng=np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(bits, again)
    assert all(weights[4 * a + 2 * b + c] > 0 for a, b, c in bits.tolist())


def test_misreading_flips_bits_as_often_as_stated() -> None:
    given_ = Distribution(cumulated(np.array([1.0, 0.0])), (0,), (0.2,), 1.0, (5,))
    ones = int(sample(given_, shots=10_000, rng=np.random.default_rng(1)).sum())
    assert abs(ones - 2_000) < 4 * (10_000 * 0.2 * 0.8) ** 0.5
