"""A run outlives whoever reads its progress; an answer that cannot be written is told of."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Command

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash to redirect streams"),
]

ENTRY = f"{sys.executable} -c 'from deployments.cli.entry import main; main()'"
VQE = "vqe --target local:sv --iterations 3 --shots 200 --final-shots 400 --seed 4"
FULL = "/dev/full"


@pytest.fixture
def shell(qrt: Command, qrt_home: Path) -> "Shell":
    """Return what runs a line of bash in which `qrt` is ours."""
    return Shell(os.environ | qrt.environment | {"QRT_HOME": str(qrt_home)})


class Shell:
    """Runs lines of bash, each ending as its first command did."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __call__(self, line: str) -> subprocess.CompletedProcess[str]:
        script = f'qrt() {{ {ENTRY} "$@"; }}; {line}; exit "${{PIPESTATUS[0]}}"'
        return subprocess.run(
            ["bash", "-c", script],
            env=self.environment,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.mark.parametrize("away", ["2>&-", f"2>{FULL}", "2> >(head -1 >&2)", "2>&- <&-"])
def test_a_run_ends_well_though_nobody_reads_its_progress(away: str, shell: Shell) -> None:
    ran = shell(f"qrt {VQE} --json {away}")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["state"] == "completed"


def test_a_run_without_any_stream_writes_into_no_file_of_its_home(shell: Shell) -> None:
    assert shell(f"qrt {VQE} <&- >&- 2>&-").returncode == 0
    (run,) = json.loads(shell("qrt runs --json").stdout)
    assert run["state"] == "completed"
    assert shell("qrt verify").returncode == 0


def test_a_run_whose_answer_cannot_be_written_says_how_to_see_it(shell: Shell) -> None:
    ran = shell(f"qrt {VQE} --json >{FULL}")
    (run,) = json.loads(shell("qrt runs --json").stdout)
    assert (ran.returncode, run["state"]) == (1, "completed")
    assert ran.stderr.splitlines()[-1] == (
        "The answer cannot be written to standard output: No space left on device. "
        f"`qrt show {run['run_id']}` prints it."
    )


@pytest.mark.parametrize("command", ["devices", "devices --json", "runs --json", "--help"])
def test_an_answer_may_be_cut_by_its_reader_and_not_by_a_full_disk(
    command: str, shell: Shell
) -> None:
    assert shell(f"qrt {command} | true").returncode == 0
    full = shell(f"qrt {command} >{FULL}")
    assert full.returncode == 1
    assert full.stderr.count("\n") == 1
    assert "No space left on device" in full.stderr
    closed = shell(f"qrt {command} >&-")
    assert (closed.returncode, closed.stderr) == (0, "")
