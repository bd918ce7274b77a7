"""Run `qrt` as users do, and see how long it takes and how much memory."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.workloads import PARITY, Workload
from tasks.core.circuits.openqasm import to_openqasm

QRT = (sys.executable, "-c", "from deployments.cli.entry import main; main()")
ROOT = Path(__file__).parents[1]
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed, its wall time, and its process's peak of memory (VmHWM)."""

    answer: Any
    wall_s: float
    peak_mib: float

    @property
    def flow_s(self) -> float:
        """The flow's own `wall_s`."""
        return float(self.answer["wall_s"])


def qrt(*arguments: str, home: Path, silent: bool = False) -> Ran:
    """Run a command in a home of its own.

    Raises:
        CalledProcessError: it failed.
    """
    environment = os.environ | {"QRT_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile("w+") as out:
        started_s = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*QRT, *arguments], env=environment, cwd=ROOT, stdout=out
        )
        peak_kib = 0
        while process.poll() is None:
            peak_kib = max(peak_kib, _peak_kib(process.pid))
            time.sleep(POLL_S if not silent else POLL_S / 25)
        wall_s = time.perf_counter() - started_s
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, arguments)
        out.seek(0)
        answer = None if silent else json.loads(out.read())
    return Ran(answer, wall_s, peak_kib / 2**10)


def sweep(work: Workload, *, home: Path, seed: int) -> Ran:
    """Run the sweep end to end; another seed is another experiment, measured anew."""
    circuit = home / f"{work.n_qubits}.qasm"
    circuit.write_text(to_openqasm(work.circuit, measured_qubits=None, verbatim=False))
    return qrt(
        "sweep", "--circuit", str(circuit), "--points", work.stated, "--observable", PARITY,
        "--target", work.target, "--shots", str(work.shots), "--seed", str(seed), "--json",
        home=home,
    )  # fmt: skip


def _peak_kib(process_id: int) -> int:
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) if found else 0
