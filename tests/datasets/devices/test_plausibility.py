"""Which published figures are believed."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.plausibility import Claim, Fault, judge
from datasets.records.devices import Figure, Flag

METRICS = st.sampled_from(
    ["one_qubit_fidelity", "readout_fidelity", "cz_fidelity", "p1_given_0", "t1_s"]
)
ANYTHING = (
    st.floats() | st.integers() | st.booleans() | st.none() | st.text() | st.lists(st.integers())
)


@given(value=ANYTHING, stderr=ANYTHING, metric=METRICS)
def test_a_verdict_holds_only_finite_numbers(value: object, stderr: object, metric: str) -> None:
    verdict = judge(Claim(value, stderr), metric=metric)
    assert all(
        math.isfinite(number) for number in (verdict.value, verdict.stderr) if number is not None
    )


@given(value=st.floats(0.91, 0.99999), stderr=st.none() | st.floats(1e-9, 0.1), metric=METRICS)
def test_an_ordinary_fidelity_is_believed_as_published(
    value: float, stderr: float | None, metric: str
) -> None:
    published = 1 - value if metric == "p1_given_0" else value
    assert judge(Claim(published, stderr), metric=metric) == Figure(published, stderr)


@pytest.mark.parametrize(
    ("value", "stderr", "metric", "flag"),
    [
        (0.5, 1.0, "cz_fidelity", Flag.SENTINEL),
        (0.5, 1.0, "one_qubit_fidelity", Flag.SENTINEL),
        (0.5, None, "readout_fidelity", Flag.SENTINEL),
        (0.97, 1.0, "cz_fidelity", Flag.SENTINEL),
        (1.0, None, "cz_fidelity", Flag.IMPLAUSIBLE),
        (1, 0.001, "readout_fidelity", Flag.IMPLAUSIBLE),
        (0.7913, None, "one_qubit_fidelity", Flag.IMPLAUSIBLE),
        (0.49, 0.01, "cz_fidelity", Flag.IMPLAUSIBLE),
        (1.0001, None, "cz_fidelity", Flag.IMPLAUSIBLE),
        (-0.1, None, "cz_fidelity", Flag.IMPLAUSIBLE),
        (math.nan, None, "cz_fidelity", Flag.IMPLAUSIBLE),
        (math.inf, None, "t1_s", Flag.IMPLAUSIBLE),
        (10**400, None, "t1_s", Flag.IMPLAUSIBLE),
        ("0.99", None, "cz_fidelity", Flag.IMPLAUSIBLE),
        (True, None, "cz_fidelity", Flag.IMPLAUSIBLE),
        (0.0, None, "t2_s", Flag.SENTINEL),
        (-1e-6, None, "t2_s", Flag.IMPLAUSIBLE),
        (0.0, None, "p1_given_0", Flag.IMPLAUSIBLE),
        (0.5, None, "p0_given_1", Flag.IMPLAUSIBLE),
    ],
)
def test_a_figure_that_cannot_be_true_gets_a_flag_and_a_reason(
    value: object, stderr: float | None, metric: str, flag: Flag
) -> None:
    verdict = judge(Claim(value, stderr), metric=metric)
    assert isinstance(verdict, Fault)
    assert verdict.flag is flag
    assert verdict.reason
    assert json.dumps([verdict.value, verdict.stderr], allow_nan=False)


@pytest.mark.parametrize("value", [0.949, 0.954])
def test_the_worst_calibrated_qubits_at_hand_are_believed(value: float) -> None:
    assert judge(Claim(value, 0.0046), metric="one_qubit_fidelity") == Figure(value, 0.0046)


@pytest.mark.parametrize("stderr", [None, 0.0, -1.0, math.nan, "unknown"])
def test_a_standard_error_that_says_nothing_is_left_out(stderr: object) -> None:
    assert judge(Claim(0.99, stderr), metric="cz_fidelity") == Figure(0.99, None)


def test_times_are_turned_into_seconds() -> None:
    assert judge(Claim(50.0, 2.0, 1e-6), metric="t1_s") == Figure(50.0 * 1e-6, 2.0 * 1e-6)


def test_a_time_in_an_unknown_unit_is_not_used() -> None:
    assert isinstance(judge(Claim(50.0, None, None), metric="t1_s"), Fault)
