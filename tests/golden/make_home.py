"""Make a small home with the code of one release, for the tests that such homes load forever.

    git archive RELEASE | tar x -C CHECKOUT
    PYTHONPATH=CHECKOUT python tests/golden/make_home.py HOME
    tar -cJf tests/golden/homes/HOME.tar.xz HOME

runs that release's `qrt`: runs of each flow that it has, some that end and some that are killed.
What a home can do without is left out: Prefect's files, reports and logs.
"""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

LEFT_OUT = ("prefect", "logs", "reports", "cache", "claims", "server.json")
CIRCUIT = """OPENQASM 3.0;
include "stdgates.inc";
input float theta;
qubit[2] q;
ry(theta) q[0];
cx q[0], q[1];
"""
BELL = """OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
h q[0];
cx q[0], q[1];
c = measure q;
"""
VQE = ("vqe", "--target", "emulator:garnet", "--shots", "200", "--readout-shots", "200")
SWEEP = ("sweep", "--circuit", "circuit.qasm", "--observable", "Z0*Z1", "--shots", "100")
RUN = "from deployments.cli.main import main; main()"
KILLED_WITHIN_S = 200  # a loop on a simulator may write nothing for long


def make(home: Path) -> None:
    """Run what this release can do, and keep the home that it leaves."""
    work = home.parent / f"{home.name}-work"
    work.mkdir()
    (work / "circuit.qasm").write_text(CIRCUIT)
    (work / "bells").mkdir()
    (work / "bells" / "bell.qasm").write_text(BELL)
    (work / "bells" / "other.qasm").write_text(BELL.replace("h q[0];", "x q[0];"))
    home.mkdir()
    qrt(home, work, *VQE, "--iterations", "2", "--final-shots", "500")
    killed(home, work, *VQE, "--iterations", "4000", "--final-shots", "600")
    if known(home, work, "sweep"):
        qrt(home, work, *SWEEP, "--points", "theta=0:1:3", "--target", "local:sv")
        qrt(home, work, *SWEEP, "--points", "theta=0:1:4", "--target", "emulator:garnet")
        killed(home, work, *SWEEP, "--points", "theta=0:3:200000", "--target", "emulator:garnet")
    if known(home, work, "batch"):
        qrt(home, work, "batch", "--circuits", "bells", "--target", "emulator:garnet")
    if known(home, work, "qaoa"):
        qrt(home, work, "qaoa", "--graph", "ring:4", "--shots", "200", "--iterations", "2")
    with contextlib.closing(sqlite3.connect(home / "journal.db")) as journal:
        journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        journal.execute("PRAGMA journal_mode=DELETE")
        journal.execute("VACUUM")
    for name in LEFT_OUT:
        shutil.rmtree(home / name, ignore_errors=True)
        (home / name).unlink(missing_ok=True)


def known(home: Path, work: Path, command: str) -> bool:
    """Tell whether the release has a command."""
    asked = [sys.executable, "-c", RUN, command, "--help"]
    return not subprocess.run(
        asked, env=env(home), cwd=work, capture_output=True, check=False
    ).returncode


def qrt(home: Path, work: Path, *arguments: str) -> None:
    """Run a command to its end."""
    subprocess.run([sys.executable, "-c", RUN, *arguments], env=env(home), cwd=work, check=False)


def killed(home: Path, work: Path, *arguments: str) -> None:
    """Run a command, and kill it with all that it started once it has written something."""
    before = written(home)
    running = subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments], env=env(home), cwd=work, start_new_session=True
    )
    deadline = time.monotonic() + KILLED_WITHIN_S
    while running.poll() is None and time.monotonic() < deadline and written(home) < before + 4:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def written(home: Path) -> int:
    """Return how many executions the journal knows."""
    with contextlib.closing(sqlite3.connect(home / "journal.db", timeout=30)) as journal:
        return int(journal.execute("SELECT count(*) FROM executions").fetchone()[0])


def env(home: Path) -> dict[str, str]:
    """Return the environment of a command on this home."""
    return {**os.environ, "QRT_HOME": str(home), "PREFECT_HOME": f"{home}-prefect"}


if __name__ == "__main__":
    make(Path(sys.argv[1]).absolute())
