"""`qrt up` where it does not stand alone: a server that asks who calls, workers elsewhere."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.e2e.prefect_api import Api, kill, processes, wait_for
from tests.e2e.processes import ROOT, interpreter
from tests.e2e.test_up import LONG, SWEEP
from tests.e2e.up_process import Up, start

pytestmark = [pytest.mark.e2e, pytest.mark.long]

CALLER = "operator:a-recognisable-word"
OURS = {"PREFECT_API_AUTH_STRING": CALLER, "PREFECT_SERVER_API_AUTH_STRING": CALLER}
PREFECT = "prefect.cli:app"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Up]:
    """Start one whose server asks who calls."""
    up = start(tmp_path / "home", **OURS)
    yield up
    assert up.stop() == 0


@pytest.fixture
def without_worker(tmp_path: Path) -> Iterator[Up]:
    """Start one that runs nothing itself."""
    up = start(tmp_path / "home", "--no-worker")
    yield up
    assert up.stop() == 0


@contextmanager
def worker(up: Up, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a worker as docs/deploy.md says for other machines, and end it with what it runs."""
    there = {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    }
    found = subprocess.Popen(
        interpreter(PREFECT, "worker", "start", "--pool", "quantum-runtime", "--name", name),
        env=up.as_client | there,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield found
    finally:
        found.kill()
        found.wait()
        kill(processes(up.home, "prefect.engine"))


def heartbeats(up: Up, run: str) -> list[dict[str, str]]:
    """Return the last signs of life of a flow run."""
    wanted = {
        "event": {"name": ["prefect.flow-run.heartbeat"]},
        "resource": {"id": [f"prefect.flow-run.{run}"]},
    }
    found: list[dict[str, str]] = up.api.ask("POST", "/events/filter", filter=wanted)["events"]
    return found


def test_a_guarded_server_is_used_by_those_who_know_the_word(guarded: Up) -> None:
    with pytest.raises(HTTPError, match="401"):
        Api(guarded.api.url).deployment("sweep/sweep")
    run = guarded.api.ended(guarded.api.submit("sweep/sweep", parameters=SWEEP))
    assert run["state_type"] == "COMPLETED"
    there = {"PREFECT_API_URL": guarded.api.url}
    assert "nothing changes" in guarded.qrt("deploy", **there).stdout
    for wrong in ("", "operator:another-word"):
        refused = guarded.qrt("deploy", **there, PREFECT_API_AUTH_STRING=wrong)
        assert refused.returncode == 2
        assert refused.stderr.count("\n") == 1
        assert "PREFECT_API_AUTH_STRING" in refused.stderr
    kept = [path for path in guarded.home.rglob("*") if path.is_file()]
    assert not any(CALLER.encode() in path.read_bytes() for path in kept)


def test_a_machine_that_falls_silent_is_noticed_and_another_goes_on(without_worker: Up) -> None:
    up = without_worker
    with worker(up, "first"):
        run = up.api.submit("vqe/vqe", parameters=LONG)
        wait_for(lambda: heartbeats(up, run))
    assert up.api.run(run)["state_type"] == "RUNNING"  # nobody could say anything
    crashed = up.api.ended(run)
    assert crashed["state_type"] == "CRASHED"
    assert "heartbeat" in crashed["state"]["message"]
    with worker(up, "second"):
        again = wait_for(lambda: up.api.runs(flow_runs={"tags": {"all_": [f"resumes:{run}"]}}))
        wait_for(lambda: up.api.run(again[0]["id"])["state_type"] == "RUNNING")
