"""The command in a report asks for the same as the run was asked."""

import json
import shlex
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from typer.main import get_command

from datasets.records.executions import RunId
from datasets.records.runs import Run
from deployments.cli.main import app
from deployments.cli.options import as_hours, as_usd
from tasks.context.dispatch import MAX_REMAINDERS
from tasks.program.readouts import MAX_AGE_H
from tasks.requests.batch import BatchRequest
from tasks.requests.canary import CanaryRequest
from tasks.requests.search import QaoaRequest, VqeRequest
from tasks.requests.sweep import SweepRequest
from tasks.run.repeat_command import repeat_command


def run_of(flow: str, asked: BaseModel) -> Run:
    parameters = asked.model_dump_json()
    now = datetime(2026, 5, 5, tzinfo=UTC)
    return Run(RunId("a" * 32), flow, "team", "local:sv", 1, parameters, now)


def taken(command: str) -> dict[str, Any]:
    """Return the options as the command line takes them."""
    program, flow, *words = shlex.split(command)
    assert program == "qrt"
    group: Any = get_command(app)
    with group.commands[flow].make_context(flow, words) as context:
        return dict(context.params)


def asks_for_the_same(flow: str, asked: BaseModel) -> None:
    """Hold every option of the command against what was asked."""
    command = repeat_command(run_of(flow, asked))
    assert command is not None
    found, wanted = taken(command), asked.model_dump()
    for name in found.keys() & wanted.keys() - {"device_parameters"}:
        given = wanted[name]
        if isinstance(found[name], list | tuple) and isinstance(given, str):
            given = [given]
        if name == "max_usd" and given is not None:
            assert as_usd(found[name], option="--max-usd") == Decimal(str(given))
        else:
            assert found[name] == given or list(found[name]) == given, name
    age = found.get("max_calibration_age") or ""
    assert as_hours(age, option="--max-calibration-age") == wanted["max_calibration_age_h"]


AMOUNTS = st.none() | st.decimals(0, 1_000_000, places=6, allow_nan=False)
HOURS = st.none() | st.integers(1, 87_600) | st.floats(0.001, 87_600, allow_nan=False)
COMMON = {"max_usd": AMOUNTS, "max_calibration_age_h": HOURS, "seed": st.integers(0, 2**53)}


@given(
    st.builds(VqeRequest, **COMMON),
    st.builds(SweepRequest, circuit=st.sampled_from(["a b.qasm", "-x.qasm"]), **COMMON),
    st.builds(
        CanaryRequest,
        mirrors=st.integers(0, 100),
        layers=st.integers(0, 100),
        tolerance=st.floats(0, 10),
        max_usd=AMOUNTS,
    ),
)
@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
def test_whatever_was_asked_the_command_asks_for_the_same(
    vqe: VqeRequest, sweep: SweepRequest, canary: CanaryRequest
) -> None:
    asks_for_the_same("vqe", vqe)
    asks_for_the_same("sweep", sweep)
    asks_for_the_same("canary", canary)


@pytest.mark.parametrize(
    ("flow", "asked"),
    [
        ("vqe", VqeRequest(problem="lih", optimizer="rotosolve", seed=3, max_readout_age_h=0)),
        ("qaoa", QaoaRequest(graph="my graphs/it's.csv", layers=2, max_usd=Decimal("1.5"))),
        (
            "sweep",
            SweepRequest(
                circuit="a b.qasm",
                points=["theta=0:2pi:5", "phi=0,1"],
                observables=["Z0*Z1", "0.5*X0 - Z1"],
                target=["local:sv", "emulator:garnet"],
                tags={"team": "a=b"},
                max_calibration_age_h=12,
                debias=True,
                device_parameters={"a": 1},
            ),
        ),
        ("batch", BatchRequest(circuits=["folder/", "[x].qasm"], shots=77)),
    ],
)
def test_the_command_asks_for_the_same_again(flow: str, asked: BaseModel) -> None:
    asks_for_the_same(flow, asked)
    found, wanted = taken(repeat_command(run_of(flow, asked)) or ""), asked.model_dump()
    if flow == "sweep":
        assert list(found["observable"]) == wanted["observables"]
        assert list(found["tag"]) == ["team=a=b"]
        assert json.loads(found["device_parameters"]) == {"a": 1}
        assert found["max_calibration_age"] == "12h"
    if flow == "vqe":
        assert found["measure_readout"] is True


def test_what_only_a_form_can_ask_has_no_command() -> None:
    assert repeat_command(run_of("sweep", SweepRequest())) is None  # a circuit as text
    assert repeat_command(run_of("vqe", VqeRequest(policy="thrifty"))) is None
    assert repeat_command(run_of("calibrate", VqeRequest())) is None
    text = "OPENQASM 3.0; qubit q; h q;"
    assert repeat_command(run_of("sweep", SweepRequest(circuit=text))) is None
    assert repeat_command(run_of("batch", BatchRequest(circuits=["a.qasm", text]))) is None
    assert repeat_command(run_of("canary", CanaryRequest(debias=True))) is None
    assert repeat_command(run_of("vqe", VqeRequest(retries=1))) is None
    assert repeat_command(run_of("vqe", VqeRequest(max_readout_age_h=2))) is None


def test_defaults_without_an_option_are_those_of_the_forms() -> None:
    asked = VqeRequest()
    assert (asked.retries, asked.max_readout_age_h) == (MAX_REMAINDERS, MAX_AGE_H)
