"""A disk that fills up while landing stops a run in one line, and loses nothing."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Command
from tests.e2e.test_killed_runs import what_counts

pytestmark = pytest.mark.e2e

VQE = ("vqe", "--iterations", "12", "--final-shots", "3000", "--seed", "4", "--json")


def mount(folder: Path, options: str) -> bool:
    """Mount a small file system in memory; False where that is not allowed."""
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_lake(qrt_home: Path) -> Iterator[Callable[[str], None]]:
    """Put the lake on a disk of 80 kB, and return a function that makes it another size."""
    lake = qrt_home / "lake"
    qrt_home.mkdir(mode=0o700)
    lake.mkdir()
    if not mount(lake, "size=80k,mode=700"):
        pytest.skip("mounting a file system in memory is not allowed here")
    yield (
        lambda size: (
            subprocess.run(["mount", "-o", f"remount,size={size}", str(lake)], check=True) and None
        )
    )
    subprocess.run(["umount", str(lake)], check=True)


def test_a_run_goes_on_when_there_is_room_again(
    qrt: Command, qrt_home: Path, tmp_path: Path, small_lake: Callable[[str], None]
) -> None:
    stopped = qrt(*VQE)
    assert stopped.code == 1
    assert stopped.out == ""
    (line,) = stopped.err.splitlines()
    assert "No space left" in line
    assert "qrt resume" in line
    assert not [path for path in (qrt_home / "lake").rglob(".*") if path.is_file()]

    (run,) = qrt("runs", "--json").answer
    assert run["state"] in {"failed", "interrupted"}
    small_lake("10m")
    ended = qrt("resume", run["run_id"], "--json")
    assert ended.code == 0, ended.err
    whole = qrt(*VQE, QRT_HOME=str(tmp_path / "whole"))
    assert what_counts(ended.answer) == what_counts(whole.answer)
    assert qrt("verify").code == 0
