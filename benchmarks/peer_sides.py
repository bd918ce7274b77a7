"""Sides in processes of their own: other tools, and our own command."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from benchmarks.commands import ROOT, Ran, sweep
from benchmarks.sides import Side
from benchmarks.workloads import Workload

PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
AT_ONCE = {
    "qiskit-aer, parameter binds": "benchmarks.peers.aer_binds",
    "PennyLane default.qubit, broadcast": "benchmarks.peers.pennylane_broadcast",
    "prefect-qiskit with Aer": "benchmarks.peers.prefect_qiskit_aer",
}
# With OpenMP's default of two threads Aer was ten times slower on a loaded machine of two cores.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
NAIVE = "Prefect, a task per circuit"


@contextmanager
def peers(work: Workload) -> Iterator[list[Side]]:
    """Yield the peers, warm; those of `make bench-peers` only where it was run."""
    with ExitStack() as stack:
        found = []
        if PEERS_PYTHON.exists():
            for name, module in AT_ONCE.items():
                command = [str(PEERS_PYTHON), "-m", module]
                found.append(stack.enter_context(_served(name, command, work, work.many)))
        command = [sys.executable, "-m", "benchmarks.peers.prefect_task_each"]
        found.append(stack.enter_context(_served(NAIVE, command, work, work.sample)))
        yield found


class Runtime:
    """`qrt sweep`, end to end; each turn has a seed of its own, so that it measures anew."""

    def __init__(self, work: Workload, *, home: Path) -> None:
        self._work, self._home = work, home
        self._seeds = count(1)
        self.ran: list[Ran] = []

    def side(self) -> Side:
        """Return the flow's own duration as a side; the first run of a home is not counted."""
        self._turn()
        self.ran.clear()
        return Side("qrt sweep, the flow", self._work.n_points, self._turn)

    def command(self) -> Side:
        """Return the whole command of the best turn, for the table."""
        best = min(self.ran, key=lambda ran: ran.wall_s - ran.flow_s)
        beside_s = best.wall_s - best.flow_s
        note = f"{beside_s:.1f} s beside the flow; peak {best.peak_mib:.0f} MiB"
        return Side("qrt sweep, the command", self._work.n_points, float, best.wall_s, note)

    def _turn(self) -> float:
        self.ran.append(sweep(self._work, home=self._home, seed=next(self._seeds)))
        return self.ran[-1].flow_s


@contextmanager
def _served(name: str, command: Sequence[str], work: Workload, n_points: int) -> Iterator[Side]:
    process = subprocess.Popen(  # noqa: S603 - our own modules
        command,
        cwd=ROOT,
        env=os.environ | ONE_THREAD,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        _tell(process, json.dumps(work.told(n_points)))
        _hear(process, name)
        yield Side(name, n_points, lambda: float(_asked(process, name)))
    finally:
        process.terminate()
        process.wait()


def _asked(process: "subprocess.Popen[str]", name: str) -> str:
    _tell(process, "again")
    return _hear(process, name)


def _tell(process: "subprocess.Popen[str]", text: str) -> None:
    if process.stdin:
        process.stdin.write(f"{text}\n")
        process.stdin.flush()


def _hear(process: "subprocess.Popen[str]", name: str) -> str:
    """Return what the peer says; other tools print lines of their own between."""
    for text in process.stdout or ():
        if text.startswith("@"):
            return text[1:].strip()
    message = f"{name} ended before it was done."
    raise RuntimeError(message)
