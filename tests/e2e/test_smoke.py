"""What comes of `qrt up` in an empty home: runs that were planned, asked for, cancelled, killed."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.prefect_api import ENDED, kill, processes, wait_for
from tests.e2e.processes import ROOT
from tests.e2e.sandbox_process import GARNET, Sandbox
from tests.e2e.up_process import Up, start

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.smoke]

PLANNED_WITHIN = timedelta(minutes=6)
SWEEP = {
    "circuit": "OPENQASM 3.0; input float a; qubit[1] q; ry(a) q[0];",
    "points": ["a=0:pi:5"],
}
LONG = {"problem": "h2", "target": "local:sv", "ansatz": "hea", "layers": 3, "iterations": 400,
        "mitigate": "none"}  # fmt: skip
ACCOUNT, AUTH = "bench", "PREFECT_API_AUTH_STRING"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Start a sandbox whose device works on a task for longer than this test takes."""
    found = Sandbox(tmp_path_factory.mktemp("smoke") / "sandbox", ("--service-time", "3600"))
    found.start()
    yield found
    found.end()


@pytest.fixture(scope="module")
def up(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Start it in a home that does not exist, and save an account that points at the sandbox."""
    found = start(tmp_path_factory.mktemp("up") / "home")
    settings = sandbox.environment
    saved = (
        "from blocks import BraketAccount\n"
        f"BraketAccount(endpoint_url={settings['AWS_ENDPOINT_URL']!r}, region='us-east-1',"
        f" access_key_id={settings['AWS_ACCESS_KEY_ID']!r},"
        f" secret_access_key={settings['AWS_SECRET_ACCESS_KEY']!r}).save({ACCOUNT!r})\n"
    )
    subprocess.run(
        [sys.executable, "-c", saved],
        env=found.environment | {"PREFECT_API_URL": found.api.url, AUTH: found.api.auth},
        cwd=ROOT,
        check=True,
    )
    yield found
    found.process.send_signal(signal.SIGINT)
    assert found.process.wait(60) == 0
    assert not found.left()


def journalled(up: Up, run_id: str) -> dict[str, Any]:
    """Return a run as `qrt runs` shows it, or nothing."""
    found: list[dict[str, Any]] = json.loads(up.qrt("runs", "--json").stdout)
    return next((run for run in found if run["run_id"] == run_id), {})


def notices(up: Up, run_id: str) -> list[dict[str, str]]:
    """Return what was told of a flow run."""
    path = up.home / "logs" / "notices.jsonl"
    told = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [notice for notice in told if notice["flow_run_id"] == run_id]


def asked(up: Up, deployment: str, run_id: str) -> list[dict[str, Any]]:
    """Return the flow runs of a deployment that are about another flow run."""
    name = {"name": {"any_": [deployment]}}
    return [run for run in up.api.runs(deployments=name) if run_id in run["parameters"].values()]


@pytest.fixture(scope="module")
def began(up: Up) -> datetime:
    """Return when it stood there."""
    assert up
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def failed(up: Up) -> str:
    """Ask for a run that fails."""
    return up.api.submit("sweep/sweep", parameters=SWEEP | {"circuit": "absent.qasm"})


@pytest.fixture(scope="module")
def crashed(up: Up) -> str:
    """Ask for a run, and kill its process."""
    run = up.api.submit("vqe/vqe", parameters=LONG)
    wait_for(lambda: journalled(up, run))
    kill(processes(up.home, "prefect.engine", run))
    return run


@pytest.mark.usefixtures("began")
def test_a_run_from_the_form_completes(up: Up) -> None:
    run = up.api.ended(up.api.submit("sweep/sweep", parameters=SWEEP | {"target": "local:sv"}))
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    assert journalled(up, run["id"])["state"] == "completed"


def test_a_run_cancelled_in_the_ui_is_cancelled_at_the_device_and_in_the_journal(
    up: Up, sandbox: Sandbox
) -> None:
    wanted = SWEEP | {"target": GARNET, "account": ACCOUNT}
    run = up.api.submit("sweep/sweep", parameters=wanted)
    wait_for(sandbox.tasks)
    up.api.ask("POST", f"/flow_runs/{run}/set_state",
               state={"type": "CANCELLING", "name": "Cancelling"})  # fmt: skip
    assert up.api.ended(run)["state_type"] == "CANCELLED"
    assert journalled(up, run)["state"] == "cancelled"
    assert {task["status"] for task in sandbox.tasks()} == {"CANCELLED"}
    assert asked(up, "resume", run) == []


def test_a_run_whose_process_dies_goes_on_by_itself_and_completes(up: Up, crashed: str) -> None:
    assert up.api.ended(crashed)["state_type"] == "CRASHED"
    wait_for(lambda: journalled(up, crashed)["state"] == "completed")
    wait_for(lambda: notices(up, crashed))


def test_a_run_that_fails_is_told_of(up: Up, failed: str) -> None:
    assert up.api.ended(failed)["state_type"] == "FAILED"
    wait_for(lambda: notices(up, failed))


def test_what_is_on_a_schedule_runs(up: Up, began: datetime) -> None:
    wanted = {"name": {"any_": ["reconcile"]}}

    def planned() -> list[dict[str, Any]]:
        return [
            run
            for run in up.api.runs(deployments=wanted)
            if run["auto_scheduled"] and run["state_type"] in ENDED
        ]

    first = min(wait_for(planned), key=lambda run: run["expected_start_time"])
    assert first["state_type"] == "COMPLETED", first["state"]["message"]
    due = datetime.fromisoformat(first["expected_start_time"])
    assert due - began <= PLANNED_WITHIN


def test_each_ending_was_told_of_once_and_each_crash_answered_once(
    up: Up, crashed: str, failed: str
) -> None:
    for run, state in ((crashed, "Crashed"), (failed, "Failed")):
        # A busy server fires its automations more than once; what they start knows that.
        wait_for(lambda: all(one["state_type"] in ENDED for one in asked(up, "notify", run)))  # noqa: B023 - called at once
        (told,) = notices(up, run)
        assert told["state"] == state
        assert {one["name"] for one in asked(up, "notify", run)} == {
            f"notice: {told['name']} {state}"
        }
    (resumed,) = up.api.runs(flow_runs={"tags": {"all_": [f"resumes:{crashed}"]}})
    assert up.api.ended(resumed["id"])["state_type"] == "COMPLETED"
    called = {f"resume: {up.api.run(crashed)['name']}"}
    assert {one["name"] for one in asked(up, "resume", crashed)} == called
    assert asked(up, "resume", failed) == []


def test_nothing_went_wrong_in_the_server(up: Up) -> None:
    # Prefect's own transactions may meet each other on SQLite; what they were about is done again.
    said = [line for line in up.said if "database is locked" not in line]
    assert [line for line in said if line.startswith("Prefect's")] == []
