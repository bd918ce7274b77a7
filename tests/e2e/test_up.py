"""`qrt up`: a working system with one command, used, crashed and stopped as people do."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.prefect_api import Api, kill, processes, wait_for
from tests.e2e.processes import ROOT
from tests.e2e.sandbox_process import free_port
from tests.e2e.up_process import Up, start

pytestmark = [pytest.mark.e2e, pytest.mark.long]

SECRET = "wJalrXUtnFEMI-recognisable-K7MDENG"  # noqa: S105 - of nobody
SWEEP = {
    "circuit": "OPENQASM 3.0; input float a; qubit[1] q; ry(a) q[0];",
    "points": ["a=0:pi:5"],
    "target": "local:sv",
}
LONG = {"problem": "h2", "target": "local:sv", "ansatz": "hea", "layers": 3, "iterations": 9000,
        "mitigate": "none"}  # fmt: skip


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Start one for all tests of this file, with one run at a time."""
    found = start(tmp_path_factory.mktemp("up") / "home", "--runs-at-once", "1")
    yield found
    found.process.send_signal(signal.SIGINT)
    assert found.process.wait(60) == 0
    assert not found.left()


def test_another_up_of_the_same_home_says_where_the_first_is(up: Up) -> None:
    refused = up.qrt("up", "--port", str(free_port()))
    assert refused.returncode == 2
    (line,) = refused.stderr.splitlines()
    assert up.api.url.removesuffix("/api") in line


def test_a_port_that_is_taken_is_one_line(tmp_path: Path, up: Up) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = up.qrt("up", "--port", port, QRT_HOME=str(tmp_path / "other"))
    assert refused.returncode == 2
    (line,) = refused.stderr.splitlines()
    assert f"Port {port}" in line
    assert "--port" in line


def test_registering_again_changes_nothing_and_prefect_s_own_command_agrees(up: Up) -> None:
    again = up.qrt("deploy")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.strip().endswith("nothing changes")
    before = described(up.api)
    deployed = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        env=up.as_client,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert described(up.api) == before
    assert up.qrt("deploy").stdout.strip().endswith("nothing changes")


def described(api: Api) -> dict[str, object]:
    """Return every deployment as people see it, without when it was written."""
    said = {}
    for found in api.ask("POST", "/deployments/filter"):
        kept = {k: v for k, v in found.items() if not k.endswith(("updated", "created", "_by"))}
        kept.pop("schedules"), kept.pop("global_concurrency_limit"), kept.pop("last_polled")
        kept.pop("version_id", None), kept.pop("version_info", None), kept.pop("status", None)
        kept["schedules"] = [(s["slug"], s["active"], s["schedule"]) for s in found["schedules"]]
        kept["limit"] = (found["global_concurrency_limit"] or {}).get("limit")
        said[found["name"]] = kept
    return said


def test_what_people_changed_at_the_server_stays(up: Up) -> None:
    deployment = up.api.deployment("sweep/nightly-sweep")
    (schedule,) = deployment["schedules"]
    path = f"/deployments/{deployment['id']}/schedules/{schedule['id']}"
    up.api.ask("PATCH", path, active=False)
    up.api.ask("PATCH", "/variables/name/qrt_keep_days", value=77)
    assert up.qrt("deploy").stdout.strip().endswith("nothing changes")
    assert not up.api.deployment("sweep/nightly-sweep")["schedules"][0]["active"]
    assert up.api.ask("GET", "/variables/name/qrt_keep_days")["value"] == 77


def test_a_command_of_the_home_runs_on_its_server(up: Up) -> None:
    ran = up.qrt("vqe", "--target", "local:sv", "--iterations", "2", "--mitigate", "none",
                 "--final-shots", "2000", "--json")  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert up.api.run(json.loads(ran.stdout)["run_id"])["state_type"] == "COMPLETED"


def test_wrong_values_are_refused_by_the_form_s_rules_or_before_anything_runs(up: Up) -> None:
    where = f"/deployments/{up.api.deployment('sweep/sweep')['id']}/create_flow_run"
    status, text = up.api.refusal("POST", where, parameters={"parameters": {"shots": 0}})
    assert status in {409, 422}
    assert "shots" in text or "minimum" in text
    ended = up.api.ended(up.api.submit("sweep/sweep", parameters={"circuit": "absent.qasm"}))
    assert ended["state_type"] == "FAILED"
    (line,) = ended["state"]["message"].splitlines()
    assert "absent.qasm" in line
    assert not any(ended["id"] == run["run_id"] for run in runs(up))


def runs(up: Up) -> list[dict[str, str]]:
    """Return the runs of the journal."""
    found: list[dict[str, str]] = json.loads(up.qrt("runs", "--json").stdout)
    return found


def notices(up: Up, run: str) -> list[dict[str, str]]:
    """Return what was told of a flow run."""
    path = up.home / "logs" / "notices.jsonl"
    told = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [notice for notice in told if notice["flow_run_id"] == run]


def test_a_run_whose_process_dies_is_resumed_by_itself_and_said_to_have_crashed(up: Up) -> None:
    crashed = up.api.submit("vqe/vqe", parameters=LONG | {"iterations": 400})
    wait_for(lambda: any(crashed == run["run_id"] for run in runs(up)))
    kill(processes(up.home, "prefect.engine", crashed))
    assert up.api.ended(crashed)["state_type"] == "CRASHED"
    completed = wait_for(
        lambda: [r for r in runs(up) if r["run_id"] == crashed and r["state"] == "completed"]
    )
    assert len(completed) == 1
    (again,) = up.api.runs(flow_runs={"tags": {"all_": [f"resumes:{crashed}"]}})
    assert up.api.ended(again["id"])["state_type"] == "COMPLETED"
    notices = up.home / "logs" / "notices.jsonl"
    wait_for(lambda: notices.exists() and crashed in notices.read_text())


def test_a_critical_run_starts_before_bulk_that_waits(up: Up) -> None:
    bulk = [up.api.submit("sweep/sweep", parameters={"circuit": f"no-{n}"}) for n in range(50)]
    try:
        wait_for(lambda: any(up.api.run(each)["start_time"] for each in bulk))
        urgent = up.api.ended(up.api.submit("notify/notify", name="urgent"))
        waiting = [each for each in bulk if up.api.run(each)["state_type"] == "SCHEDULED"]
    finally:
        for each in bulk:
            up.api.ask("DELETE", f"/flow_runs/{each}")
    assert urgent["state_type"] == "COMPLETED"
    # What was running when it was asked for, and what came while it was on its way.
    assert len(waiting) >= 45


def test_executions_are_told_of_as_events(up: Up) -> None:
    run = up.api.ended(up.api.submit("sweep/sweep", parameters=SWEEP))
    assert run["state_type"] == "COMPLETED"

    def told() -> set[str]:
        found = up.api.ask("POST", "/events/filter", filter={
            "event": {"prefix": ["qrt."]},
            "any_resource": {"id": [f"prefect.flow-run.{run['id']}"]},
        }, limit=50)  # fmt: skip
        return {event["event"] for event in found["events"]}

    wanted = {"qrt.run.opened", "qrt.run.completed", *(f"qrt.execution.{state}" for state in
              ("completed", "landed", "settled"))}  # fmt: skip
    wait_for(lambda: told() >= wanted, timeout_s=60)


def test_a_secret_of_a_block_is_nowhere_but_in_the_block(up: Up) -> None:
    saved = (
        "from blocks import BraketAccount, Tenant, Policy\n"
        f"BraketAccount(access_key_id='AKIA', secret_access_key='{SECRET}', "
        f"endpoint_url='http://127.0.0.1:1').save('hidden')\n"
        "Policy(shots=123).save('few')\n"
    )
    subprocess.run(
        [sys.executable, "-c", saved],
        env=up.as_client,
        cwd=ROOT,
        check=True,
    )
    asked = SWEEP | {"account": "hidden", "policy": "few"}
    ended = up.api.ended(up.api.submit("sweep/sweep", parameters=asked))
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    shown = json.loads(
        up.qrt(
            "query",
            f"select parameters from runs where run_id = '{ended['id']}'",  # noqa: S608 - a UUID
            "--json",
        ).stdout
    )
    assert json.loads(shown[0]["parameters"])["shots"] == 123
    assert [path for path in up.home.rglob("*") if path.is_file() and holds(path)] == []
    for kind in ("logs", "artifacts", "flow_runs", "task_runs", "block_documents"):
        assert SECRET not in json.dumps(up.api.ask("POST", f"/{kind}/filter"))


def holds(path: Path) -> bool:
    """Whether a file has the secret in it."""
    return SECRET.encode() in path.read_bytes()


def test_maintenance_removes_what_is_old_and_leaves_results(up: Up) -> None:
    before = runs(up)
    ended = up.api.ended(up.api.submit("maintain/maintain", days=1))
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    assert runs(up) == before


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_however_it_ends_and_a_run_goes_on_with_the_next_one(
    tmp_path: Path, how: signal.Signals
) -> None:
    first = start(tmp_path / "home")
    run = first.api.submit("vqe/vqe", parameters=LONG)
    wait_for(lambda: processes(first.home, "prefect.engine", run))
    wait_for(lambda: first.api.run(run)["state_type"] == "RUNNING")
    first.process.send_signal(how)
    code = first.process.wait(60)
    assert code == (0 if how is signal.SIGTERM else -signal.SIGKILL)
    wait_for(lambda: not first.left(), timeout_s=30)
    if how is signal.SIGKILL:
        second = start(tmp_path / "home")
        assert second.api.run(run)["state_type"] == "CRASHED"
        wait_for(lambda: second.api.runs(flow_runs={"tags": {"all_": [f"resumes:{run}"]}}))
        # Without Prefect's patience of 15 minutes with events of the server before.
        (told,) = wait_for(lambda: notices(second, run), timeout_s=300)
        assert told["state"] == "Crashed"
        second.process.send_signal(signal.SIGINT)
        assert second.process.wait(60) == 0
        assert not second.left()
