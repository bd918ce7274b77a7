"""A run that is cancelled in the UI at the moment at which everything is killed stays cancelled."""

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.prefect_api import processes, wait_for
from tests.e2e.test_smoke import asked, journalled
from tests.e2e.test_up import LONG
from tests.e2e.up_process import start

pytestmark = [pytest.mark.e2e, pytest.mark.long]


def leaders(home: Path) -> list[int]:
    """Return the workers of a home."""
    found = processes(home, "deployments.server.worker")
    return [number for number in found if os.getpgid(number) == number]


def test_what_was_cancelled_when_its_worker_was_killed_does_not_go_on(tmp_path: Path) -> None:
    first = start(tmp_path / "home")
    run = first.api.submit("vqe/vqe", parameters=LONG)
    wait_for(lambda: journalled(first, run))
    (worker,) = leaders(first.home)
    os.kill(worker, signal.SIGSTOP)  # it will not hear of the cancellation
    first.api.ask("POST", f"/flow_runs/{run}/set_state",
                  state={"type": "CANCELLING", "name": "Cancelling"})  # fmt: skip
    first.process.send_signal(signal.SIGKILL)
    os.killpg(worker, signal.SIGKILL)  # as it would itself, could it see that its parent is gone
    first.process.wait(60)
    wait_for(lambda: not first.left())
    second = start(tmp_path / "home")
    assert second.api.run(run)["state_type"] == "CANCELLED"
    assert journalled(second, run)["state"] == "cancelled"
    assert asked(second, "resume", run) == []
    assert second.stop() == 0
