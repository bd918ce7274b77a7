"""The command in a report asks for the same as the run was asked."""

import json
import shlex
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel
from typer.main import get_command

from datasets.records.executions import RunId
from datasets.records.runs import Run
from deployments.cli.main import app
from flows.batch_parameters import BatchParameters
from flows.parameters import SweepParameters
from flows.search_parameters import QaoaParameters, VqeParameters
from tasks.lifecycle.repeat_command import repeat_command


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


@pytest.mark.parametrize(
    ("flow", "asked"),
    [
        ("vqe", VqeParameters(problem="lih", optimizer="rotosolve", seed=3, max_readout_age_h=0)),
        ("qaoa", QaoaParameters(graph="my graphs/it's.csv", layers=2, max_usd=Decimal("1.5"))),
        (
            "sweep",
            SweepParameters(
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
        ("batch", BatchParameters(circuits=["folder/", "[x].qasm"], shots=77)),
    ],
)
def test_the_command_asks_for_the_same_again(flow: str, asked: BaseModel) -> None:
    command = repeat_command(run_of(flow, asked))
    assert command is not None
    found, wanted = taken(command), asked.model_dump()
    for name in found.keys() & wanted.keys() - {"max_usd", "device_parameters"}:
        given = wanted[name]
        if isinstance(found[name], list | tuple) and isinstance(given, str):
            given = [given]
        assert found[name] == given or list(found[name]) == given, name
    if flow == "sweep":
        assert list(found["observable"]) == wanted["observables"]
        assert list(found["tag"]) == ["team=a=b"]
        assert json.loads(found["device_parameters"]) == {"a": 1}
        assert found["max_calibration_age"] == "12h"
    if flow == "vqe":
        assert found["measure_readout"] is True


def test_what_only_a_form_can_ask_has_no_command() -> None:
    assert repeat_command(run_of("sweep", SweepParameters())) is None  # a circuit as text
    assert repeat_command(run_of("vqe", VqeParameters(policy="thrifty"))) is None
    assert repeat_command(run_of("calibrate", VqeParameters())) is None
