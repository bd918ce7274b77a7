"""What a notebook shows of its calls: parameters by name, faults in Python's words, and no more."""

from inspect import signature
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments import notebook
from deployments.notebook_calls import in_words_of_python, spelled
from tasks.errors import BadInput
from tasks.requests.sweep import SweepRequest

OWN = {"circuit", "progress", "points", "observables", "target"}


@pytest.mark.parametrize("call", [notebook.sweep, notebook.quote])
def test_every_parameter_of_a_sweep_is_offered_with_its_default(call: Any) -> None:
    offered = signature(call).parameters
    fields = SweepRequest.model_fields
    assert set(offered) - {"progress"} == set(fields)
    for name in set(fields) - OWN:
        meant = fields[name].default
        assert offered[name].default == (None if meant == {} else meant)


def test_only_what_is_meant_for_notebooks_is_offered() -> None:
    assert dir(notebook) == sorted(notebook.__all__)
    assert all(hasattr(notebook, name) for name in notebook.__all__)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"shot": 5}, "sweep has no argument 'shot'. Did you mean shots? It takes circuit,"),
        ({"observable": "Z0"}, "Did you mean observables?"),
        ({"colour": "red"}, "sweep has no argument 'colour'. It takes circuit, points,"),
        ({"shots": 0}, "shots 0: input should be greater than or equal to 1"),
        ({"readout_shots": 0}, "readout_shots 0: input"),
        ({"points": 5}, "points 5: input should be a valid list"),
        ({"points": [{"theta": 1}]}, "The points hold {'theta': 1}, which is no text. Give texts,"),
        ({"points": np.zeros((2, 2))}, "or columns: {'theta': [0.1, 0.2]}, a DataFrame"),
        ({"target": "auto", "reservation": "arn:x"}, "reservation is for a device that is named"),
    ],
)
def test_faults_name_arguments_and_no_options(
    asked: dict[str, Any], said: str, qrt_home: Any
) -> None:
    del qrt_home
    with pytest.raises(BadInput) as refused:
        notebook.sweep("OPENQASM 3.0; qubit[1] q; h q[0];", progress=False, **asked)
    (line,) = refused.value._render_traceback_()
    assert line.startswith(said) or said in line
    assert "--" not in line


def test_a_call_without_its_circuit_is_told_so() -> None:
    with pytest.raises(BadInput, match="missing a required argument: 'circuit'"):
        notebook.sweep()  # type: ignore[call-arg]  # as somebody may


@given(st.text())
def test_what_users_name_stays_as_it_is(text: str) -> None:
    assert spelled(f"There is no file x--{text.replace('-', '_')}.").startswith("There is no file")
    assert spelled(f"./my--shots/{text}") == spelled("./my--shots/") + spelled(text)


def test_results_and_other_faults_pass() -> None:
    @in_words_of_python
    def half(number: int) -> float:
        return 1 / number

    assert half(2) == 0.5
    with pytest.raises(ZeroDivisionError):
        half(0)
