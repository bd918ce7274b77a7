"""A device that keeps its word passes as often as is said; one that does not, fails."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.states import Authority, DeviceState
from tasks.core.canaries.scores import LEVEL, Score, judged, stood
from tasks.core.canaries.suite import ghz_program

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def score(p_value: float, *, name: str = "ghz-5") -> Score:
    return Score(name, 1000, 0.7, 0.9, p_value)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_who_fails_does_not_depend_on_the_order(values: list[float]) -> None:
    places = np.argsort(values)
    one = [s.passed for s in judged([score(p) for p in values])]
    other = [s.passed for s in judged([score(values[i]) for i in places])]
    assert [one[i] for i in places] == other


@given(st.floats(0, 1), st.integers(1, 50))
def test_more_canaries_make_each_harder_to_fail(p_value: float, beside: int) -> None:
    alone = judged([score(p_value)])[0].passed
    among = judged([score(p_value), *[score(1.0)] * beside])[0].passed
    assert among or not alone


def test_together_they_cry_wolf_at_most_as_often_as_is_said() -> None:
    rng = np.random.default_rng(3)
    draws = rng.random((20_000, 25))
    wolf = (draws.min(axis=1) <= LEVEL / 25).mean()
    assert wolf < LEVEL + 3 * np.sqrt(LEVEL / 20_000)


def test_a_failing_canary_degrades_and_says_by_how_much() -> None:
    said = stood("emulator:garnet", judged([score(1e-9), score(0.5, name="mirror-5-0")]), now=NOW)
    assert (said.state, said.authority, said.until) == (
        DeviceState.DEGRADED,
        Authority.CANARY,
        None,
    )
    assert said.reason == (
        "1 of 2 canaries failed: ghz-5 is right in 70.0%, expected 90.0% (p = 1e-09)"
    )


def test_passing_canaries_say_that_the_device_is_healthy() -> None:
    said = stood("emulator:garnet", judged([score(0.5)]), now=NOW)
    assert (said.state, said.reason) == (DeviceState.HEALTHY, "all 1 canaries passed")


@pytest.mark.parametrize("n_qubits", [2, 5])
def test_the_program_of_a_chain_links_each_qubit_to_the_next(n_qubits: int) -> None:
    gates = ghz_program(n_qubits).circuit.gates
    assert [gate.qubits for gate in gates] == [(0,), *((i, i + 1) for i in range(n_qubits - 1))]
