"""A command whose Prefect server is not there, or ends before it: one line, and what it found."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Command
from tests.e2e.prefect_api import kill, processes
from tests.e2e.processes import QRT, ROOT, interpreter

pytestmark = pytest.mark.e2e

PROMPTLY_S = 60  # Prefect alone asks for some 200 s whether its server is back
SEARCH = ("vqe", "--target", "local:sv", "--ansatz", "hea", "--layers", "3", "--mitigate", "none",
          "--iterations", "30", "--json")  # fmt: skip


@pytest.fixture
def command(qrt_home: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a run with a server of its own, whose process a test may kill."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    with subprocess.Popen(
        interpreter(QRT, *SEARCH),
        env=environment | {"QRT_HOME": str(qrt_home), "HOME": str(qrt_home.parent)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as found:
        yield found
        found.kill()


def kill_server(home: Path, *, once: str) -> None:
    """Kill the server of a home, as soon as there is such a file."""
    while not any(home.glob(once)) or not processes(home, "deployments.server.child"):
        time.sleep(0.1)
    kill(processes(home, "deployments.server.child"))


def test_a_run_whose_server_is_killed_ends_with_its_answer(
    command: subprocess.Popen[str], qrt_home: Path
) -> None:
    kill_server(qrt_home, once="inputs/*/problem.json")
    out, err = command.communicate(timeout=400)
    assert command.returncode == 0, err
    assert json.loads(out)["problem"].startswith("h2")
    assert "Traceback" not in err
    *_, line = err.splitlines()  # before it matplotlib may say that it looks for fonts
    assert "has ended; the run went on without it to its end" in line


def test_a_server_that_is_killed_before_the_run_is_one_line(
    command: subprocess.Popen[str], qrt_home: Path
) -> None:
    kill_server(qrt_home, once="prefect")
    killed_at_s = time.monotonic()
    out, err = command.communicate(timeout=400)
    assert time.monotonic() - killed_at_s < PROMPTLY_S
    assert (command.returncode, out) == (1, "")
    (line,) = err.splitlines()
    assert "before the run was begun" in line or "did not start" in line
    assert "prefect-server.log" in line


@pytest.mark.parametrize("arguments", [SEARCH, ("qaoa", "--target", "local:sv")])
def test_a_server_that_is_named_and_not_there_is_one_line(
    qrt: Command, arguments: tuple[str, ...]
) -> None:
    began_s = time.monotonic()
    refused = qrt(*arguments, PREFECT_API_URL="http://127.0.0.1:1/api")
    assert time.monotonic() - began_s < PROMPTLY_S
    assert refused.code == 2
    assert (
        "No Prefect server answers at http://127.0.0.1:1/api (Connection refused)" in refused.line
    )


def test_a_server_that_a_profile_names_and_that_is_not_there_is_one_line(
    qrt: Command, tmp_path: Path
) -> None:
    profile = tmp_path / "profiles.toml"
    profile.write_text(
        'active = "there"\n[profiles.there]\nPREFECT_API_URL = "http://127.0.0.1:1/api"\n'
    )
    refused = qrt(*SEARCH, PREFECT_API_URL="", PREFECT_HOME=str(tmp_path))
    assert refused.code == 2
    assert "http://127.0.0.1:1/api" in refused.line
