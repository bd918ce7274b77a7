"""Energies from counts: the mean, its error bar, and the order of bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.executions import Counts, Executable
from datasets.records.problems import PauliTerm
from tasks.core.mitigation.readout import ideal
from tasks.core.physics.estimation import energy, term_means
from tasks.core.physics.grouping import Group


def counts(seen: dict[str, int]) -> Counts:
    """Return counts by bit string, first measured qubit leftmost."""
    n_qubits = len(next(iter(seen)))
    by_outcome = sorted((int(bits[::-1], 2), n) for bits, n in seen.items())
    outcomes = np.array([outcome for outcome, _ in by_outcome], dtype=np.uint64)
    numbers = np.array([n for _, n in by_outcome], dtype=np.uint32)
    return Counts(Executable(0, "Z" * n_qubits, "raw", 1), n_qubits, outcomes, numbers)


def test_the_first_measured_qubit_is_the_leftmost_letter() -> None:
    group = Group("ZZ", (PauliTerm("ZI", 1.0), PauliTerm("IZ", 10.0)))
    found = energy([group], {"ZZ": counts({"10": 100})}, constant=0.5, weights=ideal(2))
    assert found.value == 0.5 - 1.0 + 10.0
    assert found.stderr == 0.0


@given(st.integers(0, 500), st.integers(1, 500))
def test_one_term_has_the_binomial_error_bar(ones: int, zeros: int) -> None:
    group = Group("Z", (PauliTerm("Z", 2.0),))
    seen = counts({"0": zeros, "1": ones} if ones else {"0": zeros})
    found = energy([group], {"Z": seen}, constant=0.0, weights=ideal(1))
    n, p = zeros + ones, ones / (zeros + ones)
    assert found.value == pytest.approx(2.0 * (1 - 2 * p))
    if n > 1:
        assert found.stderr == pytest.approx(4.0 * np.sqrt(p * (1 - p) / (n - 1)), abs=1e-12)


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_one_shot_has_the_largest_error_that_its_terms_allow(one: float, other: float) -> None:
    group = Group("ZZ", (PauliTerm("ZI", one), PauliTerm("IZ", other)))
    found = energy([group], {"ZZ": counts({"00": 1})}, constant=0.5, weights=ideal(2))
    assert found.value == pytest.approx(0.5 + one + other)
    assert found.stderr == pytest.approx(abs(one) + abs(other))


@given(st.integers(0, 2**31))
def test_the_error_bar_covers_the_truth_as_often_as_it_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.dirichlet(np.ones(4))
    group = Group("ZZ", (PauliTerm("ZI", 0.7), PauliTerm("ZZ", -0.4)))
    signs = np.array([0.7 - 0.4, -0.7 + 0.4, 0.7 + 0.4, -0.7 - 0.4])  # 00, 10, 01, 11
    exact = float(truth @ signs)
    drawn = rng.multinomial(4000, truth)
    seen = {format(i, "02b")[::-1]: int(n) for i, n in enumerate(drawn) if n}
    found = energy([group], {"ZZ": counts(seen)}, constant=0.0, weights=ideal(2))
    assert abs(found.value - exact) < 6 * found.stderr + 1e-12


def test_terms_of_a_group_are_estimated_from_the_same_shots() -> None:
    group = Group("ZZ", (PauliTerm("ZI", 3.0), PauliTerm("IZ", 5.0)))
    found = term_means([group], {"ZZ": counts({"10": 3, "00": 1})}, weights=ideal(2))
    assert found["ZI"].value == -0.5
    assert found["IZ"].value == 1.0
