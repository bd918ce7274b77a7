"""A command's own Prefect server comes with it and goes with it, however it ends."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.processes import QRT, ROOT, interpreter

pytestmark = pytest.mark.e2e


PROGRESS = ("iteration", "run ", "compiled", "quoted")


def servers(home: Path) -> set[int]:
    """Return the processes that serve the Prefect of this home."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(home).encode() in environment and b"deployments.server.child" in command:
            found.add(int(process.name))
    return found


def wait_until(reached: object, *, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not reached() and time.monotonic() < deadline:  # type: ignore[operator]
        time.sleep(0.1)
    assert reached()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("when", "how"),
    [
        ("starting", signal.SIGINT),
        ("starting", signal.SIGKILL),
        ("iteration", signal.SIGINT),
        ("iteration", signal.SIGTERM),
        ("iteration", signal.SIGKILL),
    ],
)
def test_a_signal_ends_the_command_and_its_server(
    how: signal.Signals, when: str, qrt_home: Path
) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"}
    environment |= {"QRT_HOME": str(qrt_home), "PREFECT_HOME": str(qrt_home / "absent")}
    with subprocess.Popen(
        interpreter(QRT, "vqe", "--ansatz", "hea", "--layers", "3", "--iterations", "900"),
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stderr
        for line in command.stderr:
            if line.startswith(when):
                break
        command.send_signal(how)
        rest = command.stderr.read().splitlines()
    wait_until(lambda: not servers(qrt_home), timeout_s=15)
    if how is signal.SIGKILL:
        assert command.returncode == -signal.SIGKILL
    else:
        assert command.returncode == 128 + how
        assert re.search(r"`qrt resume [0-9a-f-]{36}` goes on|No run was opened", rest[-1])
        assert all(
            line.startswith(("starting", "iteration", "run ", "compiled", "quoted"))
            for line in rest[:-1]
        )


def test_the_whole_job_needs_nothing_but_an_empty_home(qrt_home: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    environment |= {"QRT_HOME": str(qrt_home / "deep" / "er"), "HOME": str(qrt_home)}
    ended = subprocess.run(
        interpreter(QRT, "vqe", "--problem", "h2", "--target", "emulator:garnet"),
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "mitigated" in ended.stdout
    # qiskit's plugin finder keeps a cache where caches belong.
    assert {path.name for path in qrt_home.iterdir()} <= {"deep", ".cache"}
