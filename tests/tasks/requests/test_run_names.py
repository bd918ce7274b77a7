"""What a flow run is called, where people choose among runs."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.register.manifest import flow_of, read
from tasks.requests.batch import BatchRequest
from tasks.requests.circuits import is_path
from tasks.requests.sweep import SweepRequest

pytestmark = pytest.mark.slow

PATHS = st.text(st.sampled_from("abc./@_ "), min_size=1, max_size=30)
STATEMENTS = ["OPENQASM 3.0;", "qubit[2] q;", "h q[0];", "cnot q[0], q[1];"]
TEXTS = st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=8)


@given(statements=TEXTS, between=st.sampled_from(["", " ", "\n"]))
def test_a_circuit_that_is_text_is_called_circuit_on_however_many_lines_it_is(
    statements: list[str], between: str
) -> None:
    text = between.join(statements)
    assert SweepRequest(circuit=text).called == "circuit on local:sv"
    assert BatchRequest(circuits=[text, text]).called == "circuit, circuit on local:sv"


@given(PATHS)
def test_a_circuit_in_a_file_is_called_as_it(path: str) -> None:
    assert is_path(path)
    assert SweepRequest(circuit=path).title == path


@pytest.mark.parametrize("deployment", read().deployments, ids=lambda d: d["name"])
def test_no_flow_leaves_its_runs_names_to_chance(deployment: Any) -> None:
    assert flow_of(deployment).flow_run_name


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("calibrate", "device snapshots"),
        ("reconcile", "reconcile the last {days} days"),
        ("maintain", "maintenance"),
    ],
)
def test_what_runs_on_a_schedule_says_what_it_does(name: str, called: str) -> None:
    (deployment,) = [each for each in read().deployments if each["name"] == name]
    assert flow_of(deployment).flow_run_name == called
