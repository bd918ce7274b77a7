"""Old calibrations and failed canaries take weight from a prediction, and nothing gives it any."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.selection.policies import parse_policy
from tasks.core.selection.ranking import Offer, rank
from tasks.core.selection.trust import ASSURED, CanarySeen, age_factor, canary_factor, trusted

NOW = datetime(2026, 8, 1, tzinfo=UTC)
SHARES = st.floats(0, 1)
SEEN = st.builds(
    CanarySeen,
    circuit=st.sampled_from(["ghz-5", "mirror-5-0", "readout-q3"]),
    score=SHARES,
    baseline=SHARES,
    passed=st.booleans(),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 7, 31), timezones=st.just(UTC)),  # noqa: DTZ001
)


def seen(score: float, baseline: float, *, days: float = 0, circuit: str = "ghz-5") -> CanarySeen:
    return CanarySeen(circuit, score, baseline, score >= baseline, NOW - timedelta(days=days))


@given(fidelity=SHARES, days=st.floats(0, 1000), canaries=st.lists(SEEN, max_size=6))
def test_a_prediction_is_never_raised_and_stays_a_probability(
    fidelity: float, days: float, canaries: list[CanarySeen]
) -> None:
    trust = trusted(NOW - timedelta(days=days), canaries=canaries, now=NOW)
    assert 0 <= trust.expected(fidelity) <= fidelity
    assert 1 <= trust.age_factor <= 3
    assert 1 <= trust.canary_factor <= 20
    assert ("lowered from" in trust.told(0.7)) == (f"{trust.expected(0.7):.3g}" != "0.7")


@given(st.lists(st.floats(0, 1000), min_size=2, max_size=5).map(sorted))
def test_older_is_never_trusted_more(days: list[float]) -> None:
    assert all(age_factor(one) <= age_factor(other) for one, other in pairwise(days))


@given(
    one=SHARES,
    other=SHARES,
    baseline=st.floats(0.05, 0.99),
    circuit=st.sampled_from(["ghz-5", "readout-q3"]),
)
def test_worse_canaries_are_never_trusted_more(
    one: float, other: float, baseline: float, circuit: str
) -> None:
    worse, better = sorted([one, other])
    factors = [
        canary_factor([CanarySeen(circuit, each, baseline, passed=False, at=NOW)])
        for each in (worse, better)
    ]
    assert factors[0] >= factors[1]


@given(st.floats(0.01, 1.0), st.floats(1.0, 20.0))
def test_errors_that_are_k_times_as_large_are_found_again(fidelity: float, k: float) -> None:
    baseline = 0.9
    trust = trusted(NOW, canaries=[seen(baseline**k, baseline)], now=NOW)
    assert trust.canary_factor == pytest.approx(k)
    assert trust.expected(fidelity) == pytest.approx(fidelity**k)


def test_a_calibration_of_today_and_canaries_that_passed_change_nothing() -> None:
    assert trusted(NOW, canaries=[], now=NOW) == ASSURED
    passed = CanarySeen("ghz-5", 0.88, 0.9, passed=True, at=NOW)
    old = NOW - timedelta(days=90)
    assert trusted(old, canaries=[passed], now=NOW) == ASSURED
    assert ASSURED.told(0.7) == ""


def test_what_was_done_is_said() -> None:
    old = NOW - timedelta(days=88)
    said = trusted(old, canaries=[], now=NOW).told(0.7)
    assert said == " (lowered from 0.7: calibration 88 d old)"
    both = trusted(old, canaries=[seen(0.4, 0.8, days=5)], now=NOW).told(0.7)
    assert both == " (lowered from 0.7: last canaries 5 d old, canaries at 0.5 of predicted)"


def test_a_calibration_of_the_future_has_no_age() -> None:
    assert trusted(NOW + timedelta(days=3), canaries=[], now=NOW) == ASSURED


def test_a_cheap_device_near_noise_is_not_chosen_for_its_old_promise() -> None:
    # 0.70 by a calibration of May, in August, when it was measured at 0.05.
    may, today = NOW - timedelta(days=88), NOW - timedelta(hours=3)
    promised = {"cheap": (may, 0.70, Decimal("0.72")), "good": (today, 0.80, Decimal("1.75"))}

    def chosen(canaries: list[CanarySeen], *, taken_at_its_word: bool) -> tuple[str, float]:
        offers, fidelities = [], {}
        for target, (published_at, fidelity, usd) in promised.items():
            trust = trusted(published_at, canaries=canaries if target == "cheap" else [], now=NOW)
            fidelities[target] = fidelity if taken_at_its_word else trust.expected(fidelity)
            offers.append(Offer(target, fidelities[target], usd, 3.0))
        best = rank(offers, policy=parse_policy("balanced")).chosen
        assert best is not None
        return best.offer.target, fidelities["cheap"]

    assert chosen([], taken_at_its_word=True)[0] == "cheap"
    target, fidelity = chosen([], taken_at_its_word=False)
    assert target == "good"
    assert fidelity < 0.4
    target, fidelity = chosen([seen(0.12, 0.77)], taken_at_its_word=False)
    assert target == "good"
    assert fidelity == pytest.approx(0.05, abs=0.02)
