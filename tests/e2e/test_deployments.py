"""Deployments are registered by Prefect's own command, and a worker runs them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import Command
from tests.e2e.prefect_api import Api
from tests.e2e.processes import ROOT

pytestmark = pytest.mark.e2e


def prefect(api: Api, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        env=os.environ | api.as_client | {"QRT_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.long
def test_every_deployment_is_registered_and_run_by_a_worker(
    prefect_api: Api, qrt: Command, qrt_home: Path
) -> None:
    made = prefect(prefect_api, "work-pool", "create", "quantum-runtime", "--type", "process",
                   home=qrt_home)  # fmt: skip
    assert made.returncode == 0, made.stderr
    deployed = prefect(prefect_api, "deploy", "--all", home=qrt_home)
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    parameters = '{"target": "local:sv", "mitigate": "none", "iterations": 2, "final_shots": 2000}'
    asked = prefect(prefect_api, "deployment", "run", "vqe/vqe", "--param",
                    f"parameters={parameters}", home=qrt_home)  # fmt: skip
    assert asked.returncode == 0, asked.stdout + asked.stderr
    worker = subprocess.Popen(
        [sys.executable, "-m", "prefect", "worker", "start", "--pool", "quantum-runtime"],
        env=os.environ | prefect_api.as_client | {"QRT_HOME": str(qrt_home)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            runs = qrt("runs", "--json").answer
            if any(r["flow"] == "vqe" and r["state"] == "completed" for r in runs):
                break
            time.sleep(2)
        ours = [run for run in runs if run["flow"] == "vqe"]
        assert [run["state"] for run in ours] == ["completed"]
    finally:
        # It would first see a scheduled reconciliation through, if one has just begun.
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(30)
