"""A thousand tasks are in flight from one process, within the quotas and little memory."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.processes import ROOT
from tests.e2e.sandbox_process import AT_ONCE, Sandbox

pytestmark = [pytest.mark.e2e, pytest.mark.long]

TASKS = 1000
LATE_S = 75.0  # 50 s go by until the last one is bought, at 20 a second
MEMORY_MB = 500


def test_a_thousand_tasks_in_flight_stay_within_quotas_and_memory(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "sandbox", (*AT_ONCE, "--enforce-quotas"))
    sandbox.start()
    try:
        sandbox.strike({"kind": "late", "delay_s": LATE_S})
        ran = subprocess.run(
            [sys.executable, "-m", "benchmarks.once.journalled", str(TASKS)],
            env=os.environ | sandbox.environment | {"QRT_HOME": str(tmp_path / "home")},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=420,
            check=False,
        )
        calls, bill = sandbox.ask("calls"), sandbox.ask("bill")
    finally:
        sandbox.end()
    assert ran.returncode == 0, ran.stderr
    landed, memory_mb = map(int, re.findall(r"\d+", ran.stdout))
    assert (landed, bill["tasks"], bill["shots"]) == (TASKS, TASKS, 100 * TASKS)
    assert memory_mb < MEMORY_MB
    # The sandbox has the service's own buckets, steady rate and burst, and refuses what is above.
    assert {name: seen["throttled"] for name, seen in calls.items() if seen["throttled"]} == {}
    assert calls["CreateQuantumTask"]["total"] == TASKS
