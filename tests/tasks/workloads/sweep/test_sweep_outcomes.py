"""What a device does to the outcomes is a part of what is measured; how it is bought is not."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.home import home
from datasets.records.executions import RunId
from datasets.records.runs import Run, RunState
from tasks.context.device_options import options_of, outcomes_in, outcomes_of, written
from tasks.context.runtime import Runtime, open_runtime
from tasks.core.identity import canonical
from tasks.requests.of_run import request_as
from tasks.requests.sweep import SweepRequest
from tasks.workloads.sweep.history import history_now, unlike
from tasks.workloads.sweep.inputs import inputs_of
from tests.tasks.execution.fake_target import NOW

FORTE = "braket:arn:aws:braket:us-east-1::device/qpu/ionq/Forte-1"
CIRCUIT = "OPENQASM 3.0; input float theta; qubit[2] q; rx(theta) q[0]; cnot q[0], q[1];"
ASKED: dict[str, Any] = {
    "circuit": CIRCUIT, "points": ["theta=0:3:3"], "observables": [], "shots": 2500,
    "repetitions": 1, "mitigate": "none", "seed": 1, "target": FORTE,
}  # fmt: skip
ALIKE: tuple[dict[str, Any], ...] = (
    {},
    {"debias": False, "device_parameters": {}},
    {"tags": {"team": "chemistry"}},
    {"reservation": "arn:aws:braket:us-east-1:123456789012:reservation/0a1b2c3d"},
)
UNLIKE: tuple[dict[str, Any], ...] = (
    {"debias": True},
    {"device_parameters": {"a": 1}},
    {"device_parameters": {"a": 2}},
    {"debias": True, "device_parameters": {"a": 1}},
)
# As every release has called it that could be asked for it.
EXPERIMENT = "858c4477e0ede483583a4d56e1f0c8a643f8f61b"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@pytest.fixture
def runtime(qrt_home: Path) -> Runtime:
    del qrt_home
    return open_runtime(home())


def begin(runtime: Runtime, number: int, **asked: Any) -> Run:
    text = canonical(ASKED | asked).decode()
    return runtime.journal.begin(Run(RunId(f"{number:032x}"), "sweep", "team", FORTE, 1, text, NOW))


def experiment(run: Run, runtime: Runtime) -> str:
    return inputs_of(
        request_as(SweepRequest, run), keep=runtime.pins(run.run_id)
    ).spec.experiment_id


def complete(runtime: Runtime, run: Run) -> None:
    answer = {"target": FORTE, "calibration_id": "d" * 64}
    runtime.journal.end(
        run.run_id, RunState.COMPLETED, result=canonical({"targets": [answer]}).decode()
    )


@given(
    debias=st.booleans(),
    parameters=st.dictionaries(st.text(max_size=3), json_values, max_size=2),
    tags=st.dictionaries(st.text(min_size=1, max_size=3), st.text(max_size=3), max_size=2),
)
def test_an_execution_carries_what_its_run_asked_of_the_outcomes(
    debias: bool, parameters: dict[str, Any], tags: dict[str, str]
) -> None:
    asked = {"debias": debias, "device_parameters": parameters, "tags": tags}
    run = Run(RunId("0" * 32), "sweep", "team", FORTE, 1, canonical(asked).decode(), NOW)
    outcomes = outcomes_of(options_of(run))
    assert outcomes_in(written(options_of(run))) == outcomes
    assert bool(outcomes) == (debias or bool(parameters))


def test_options_that_change_outcomes_make_another_experiment_and_no_others_do(
    runtime: Runtime,
) -> None:
    runs = [begin(runtime, number, **asked) for number, asked in enumerate((*ALIKE, *UNLIKE))]
    names = [experiment(run, runtime) for run in runs]
    assert names[: len(ALIKE)] == [EXPERIMENT] * len(ALIKE)
    assert len(set(names)) == 1 + len(UNLIKE)
    assert [experiment(run, runtime) for run in runs] == names


def test_a_sweep_is_a_part_of_the_history_of_those_with_the_same_options(
    runtime: Runtime,
) -> None:
    runs = [begin(runtime, number, **asked) for number, asked in enumerate((*ALIKE, *UNLIKE))]
    for run in runs:
        experiment(run, runtime)
        complete(runtime, run)
    for number, asked in enumerate((*ALIKE, *UNLIKE), len(runs)):
        now = begin(runtime, number, **asked)
        spec = inputs_of(request_as(SweepRequest, now), keep=runtime.pins(now.run_id)).spec
        found = history_now(spec, run=now, calibration_id="d" * 64, runtime=runtime)
        like = ALIKE if asked in ALIKE else (asked,)
        wanted = [
            run.run_id for run, was in zip(runs, (*ALIKE, *UNLIKE), strict=True) if was in like
        ]
        assert sorted(found.runs) == wanted


def test_a_debiased_sweep_of_before_keeps_its_name_and_is_nobody_else_s_history(
    runtime: Runtime,
) -> None:
    before = begin(runtime, 1, debias=True)
    runtime.pins(before.run_id).text("circuit.qasm", lambda: CIRCUIT)  # all that was pinned then
    assert experiment(before, runtime) == EXPERIMENT
    complete(runtime, before)
    now = begin(runtime, 2)
    spec = inputs_of(request_as(SweepRequest, now), keep=runtime.pins(now.run_id)).spec
    assert spec.experiment_id == EXPERIMENT
    assert unlike(spec, run=now, runtime=runtime) == (before.run_id,)
    found = history_now(spec, run=now, calibration_id="d" * 64, runtime=runtime)
    assert found.runs == ()
