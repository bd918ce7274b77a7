"""Observables of a notebook: a mapping is the sum that its coefficients say, or refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.problems import Hamiltonian
from deployments.notebook import _summed, _texts
from tasks.core.estimation.observables import parse_observables
from tasks.errors import BadInput

WEIGHTS = st.dictionaries(
    st.sampled_from(["Z0", "Z1", "X0*X1", "Z0*Z1"]),
    st.floats(-1e6, 1e6).filter(lambda weight: abs(weight) > 1e-6),
    min_size=1,
)


def no_problem(name: str) -> Hamiltonian:
    raise AssertionError(name)


@given(WEIGHTS)
def test_a_mapping_is_the_sum_with_its_coefficients(weights: dict[str, float]) -> None:
    (found,) = parse_observables(_texts(_summed(weights)), n_qubits=2, problem=no_problem)
    read = {term.pauli: term.coefficient for term in found.hamiltonian.terms}
    dense = {"Z0": "ZI", "Z1": "IZ", "X0*X1": "XX", "Z0*Z1": "ZZ"}
    assert read == {dense[term]: weight for term, weight in weights.items()}


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), True, "2", None, 1j])
def test_a_coefficient_that_is_no_number_is_refused(weight: Any) -> None:
    with pytest.raises(BadInput, match="The coefficient of Z0 is"):
        _summed({"Z0": weight})


def test_any_other_mapping_is_refused_before_its_values_are_lost() -> None:
    with pytest.raises(BadInput, match="whose values would be lost"):
        _texts({"local:sv": 1})
