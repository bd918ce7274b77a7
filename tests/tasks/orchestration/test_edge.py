"""How a policy and a tenant change what a run was asked."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import Policy, Tenant
from datasets.home import home
from datasets.records.executions import RunId
from tasks.context.run_lock import claim, release
from tasks.context.runtime import open_runtime
from tasks.core.identity import canonical
from tasks.errors import UnknownName
from tasks.orchestration.edge import laid_over, settled
from tasks.requests.sweep import SweepRequest
from tests.tasks.execution.fake_target import a_run

pytestmark = pytest.mark.slow

SHOTS = st.integers(1, 10_000_000)
RUN_ID = "0b9d0f5e-6a3e-4e0f-9a55-0d4c5f6f8a11"


@given(asked=SHOTS, said=SHOTS)
def test_a_policy_replaces_defaults_and_nothing_that_was_asked_for(asked: int, said: int) -> None:
    default = SweepRequest().shots
    found = laid_over(SweepRequest(shots=asked), Policy(shots=said).chosen(), None)
    assert found.shots == (said if asked == default else asked)


@given(said=SHOTS)
def test_a_policy_laid_over_twice_is_laid_over_once(said: int) -> None:
    chosen = Policy(shots=said, mitigate="zne").chosen()
    once = laid_over(SweepRequest(), chosen, None)
    assert laid_over(once, chosen, None) == once


def test_an_empty_policy_and_no_tenant_change_nothing() -> None:
    assert laid_over(SweepRequest(), Policy().chosen(), None) == SweepRequest()


@pytest.mark.parametrize(
    ("target", "tags"),
    [
        ("local:sv", {"own": "1"}),
        (
            "braket:arn:aws:braket:::device/quantum-simulator/amazon/sv1",
            {"own": "1", "centre": "7"},
        ),
    ],
)
def test_a_tenant_s_tags_go_on_what_is_bought_and_a_run_s_own_win(
    target: str, tags: dict[str, Any]
) -> None:
    tenant = Tenant(tags={"centre": "7", "own": "2"})
    asked = SweepRequest(target=target, tags={"own": "1"})
    assert laid_over(asked, {}, tenant).tags == tags


@pytest.mark.parametrize(("deployment", "threads"), [("a", ["contracts"]), ("", [])])
def test_a_deployed_run_starts_to_import_its_checks_before_it_looks_at_anything(
    deployment: str, threads: list[str]
) -> None:
    program = (
        "import asyncio, threading\n"
        "from tasks.orchestration.edge import settled\n"
        "from tasks.requests.sweep import SweepRequest\n"
        "from tasks.errors import BadInput\n"
        "try: asyncio.run(settled(SweepRequest(), run_id=None, check=print))\n"
        "except BadInput: pass\n"
        "else: raise SystemExit('the task runner is known')\n"
        "print([each.name for each in threading.enumerate() if each.name == 'contracts'])"
    )
    said = {"PYTHONPATH": ".", "QRT_TASK_RUNNER": "abacus"}
    if deployment:
        said["PREFECT__RUNTIME__DEPLOYMENT__ID"] = deployment
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | said,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == str(threads)


def test_a_run_that_is_retried_is_as_it_was_settled_when_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QRT_HOME", str(tmp_path))
    monkeypatch.setenv("PREFECT__RUNTIME__FLOW_RUN__ID", RUN_ID)
    then = SweepRequest(shots=77, mitigate="zne", policy="published")
    begun = replace(a_run(), run_id=RunId(RUN_ID), parameters=canonical(then.model_dump()).decode())
    open_runtime(home()).journal.begin(begun)
    monkeypatch.setattr("tasks.orchestration.edge._load", nothing)
    monkeypatch.setattr("tasks.orchestration.edge._named", nothing)
    asked = SweepRequest(policy="published")
    assert asyncio.run(settled(asked, run_id=None, check=refuse)) == then
    assert asyncio.run(settled(asked, run_id=RUN_ID, check=refuse)) == asked


def a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QRT_HOME", str(tmp_path))
    monkeypatch.setattr("tasks.orchestration.edge._load", nothing)
    monkeypatch.setattr("tasks.orchestration.edge._named", nothing)


@pytest.mark.parametrize("policy", ["", "published"])
def test_an_id_that_nobody_knows_begins_nothing(
    policy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_home(tmp_path, monkeypatch)
    monkeypatch.setattr("tasks.orchestration.edge._is_of_this_flow", nothing)
    with pytest.raises(UnknownName, match="none yet"):
        asyncio.run(settled(SweepRequest(policy=policy), run_id=RUN_ID, check=refuse))
    assert open_runtime(home()).journal.runs() == ()


def test_an_id_that_this_process_has_made_and_claimed_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_home(tmp_path, monkeypatch)
    open_runtime(home())
    claim(RunId(RUN_ID), home=home())
    try:
        assert asyncio.run(settled(SweepRequest(), run_id=RUN_ID, check=refuse))
    finally:
        release(RunId(RUN_ID), home=home())


async def nothing(*_: object) -> None:
    """Find no block."""


def refuse(_: object) -> None:
    """Refuse every request."""
    raise AssertionError
