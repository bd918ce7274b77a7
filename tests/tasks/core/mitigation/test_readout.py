"""Readout mitigation undoes what uncorrelated misreading does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.executions import Counts, Executable
from datasets.records.problems import PauliTerm
from tasks.core.mitigation import readout
from tasks.core.physics.estimation import energy
from tasks.core.physics.grouping import Group
from tasks.errors import ExecutionFailed

rates = st.lists(st.tuples(st.floats(0, 0.3), st.floats(0, 0.3)), min_size=1, max_size=4)


def counted(probabilities: np.ndarray, *, shots: float = 2**30) -> Counts:
    """Return the counts of an experiment without shot noise."""
    n_qubits = int(np.log2(len(probabilities)))
    seen = np.round(probabilities * shots).astype(np.uint32)
    kept = np.flatnonzero(seen)
    executable = Executable(0, "Z" * n_qubits, "raw", 1)
    return Counts(executable, n_qubits, kept.astype(np.uint64), seen[kept])


def misread(state: np.ndarray, errors: list[tuple[float, float]]) -> np.ndarray:
    """Return the outcome probabilities of `state` when qubits are misread; bit 0 is qubit 0."""
    matrix = np.eye(1)
    for p1_given_0, p0_given_1 in errors:
        one = np.array([[1 - p1_given_0, p0_given_1], [p1_given_0, 1 - p0_given_1]])
        matrix = np.kron(one, matrix)
    return matrix @ state


@given(rates, st.integers(0, 2**32 - 1))
def test_corrected_expectations_are_those_of_a_perfect_readout(
    errors: list[tuple[float, float]], seed: int
) -> None:
    n_qubits = len(errors)
    state = np.random.default_rng(seed).dirichlet(np.ones(2**n_qubits))
    zeros, ones = np.eye(2**n_qubits)[0], np.eye(2**n_qubits)[-1]
    confusion = readout.combine(counted(misread(zeros, errors)), counted(misread(ones, errors)))
    term = PauliTerm("Z" * n_qubits, 1.0)
    groups = [Group(term.pauli, (term,))]

    def value(probabilities: np.ndarray, weights: np.ndarray) -> float:
        seen = {term.pauli: counted(probabilities)}
        return energy(groups, seen, constant=0.0, weights=weights).value

    true = value(state, readout.ideal(n_qubits))
    assert value(misread(state, errors), confusion.weights) == pytest.approx(true, abs=1e-6)


@given(rates)
def test_the_calibration_finds_the_error_rates(errors: list[tuple[float, float]]) -> None:
    size = 2 ** len(errors)
    zeros, ones = np.eye(size)[0], np.eye(size)[-1]
    found = readout.combine(counted(misread(zeros, errors)), counted(misread(ones, errors)))
    assert found.p1_given_0 == pytest.approx([e[0] for e in errors], abs=1e-7)
    assert found.p0_given_1 == pytest.approx([e[1] for e in errors], abs=1e-7)


def test_a_qubit_that_says_nothing_is_refused() -> None:
    zeros, ones = np.array([0.5, 0.5]), np.array([0.5, 0.5])
    with pytest.raises(ExecutionFailed, match="Measured qubit 0 is misread"):
        readout.combine(counted(zeros), counted(ones))


def test_a_figure_that_was_never_wrong_still_has_an_error() -> None:
    perfect = readout.Confusion(np.zeros(1), np.zeros(1), shots=100)
    moved = readout.perturbations(perfect)
    assert len(moved) == 2
    assert moved[0].p1_given_0[0] > 0
