"""A sweep of 200,000 points on one process of a Dask cluster, on two, and in the flow's own.

Usage: .venv-cluster/bin/python -m benchmarks.cluster [--qubits 10] [--turns 2] [--clusters-alone]
The clusters and one Prefect server run before the clock starts, and each side has swept once. A
process of a cluster has one thread, as Dask starts it; the flow's own has as many as the machine
has cores. Sides take turns, with a new seed each, and the best turn of each counts.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from dask.distributed import LocalCluster

from benchmarks.commands import sweep
from benchmarks.workloads import MILLION, SIX, TEN, Workload
from datasets.home import Home
from deployments.server.environment import QUIET
from deployments.server.ephemeral import EphemeralServer

SIZES = (1, 2)
WORK = {work.n_qubits: work for work in (MILLION, SIX, TEN)}
WARMING = {4: 33_000, 6: 33_000, 10: 3_000}  # points by qubits: a chunk for each process


def cluster(processes: int, *, folder: Path) -> LocalCluster:
    """Start a cluster."""
    return LocalCluster(
        n_workers=processes,
        threads_per_worker=1,
        dashboard_address=None,
        local_directory=str(folder),
    )


def served(home: Path, *, stack: ExitStack) -> Mapping[str, str]:
    """Start a Prefect server, and return what its clients need."""
    Home(home).logs.mkdir()
    server = EphemeralServer(Home(home))
    stack.callback(server.stop)
    server.ready()
    return server.settings


def timed(workload: Workload, *, runner: str, seed: int, home: Path) -> float:
    """Return the flow's own seconds."""
    os.environ["QRT_TASK_RUNNER"] = runner
    return sweep(workload, home=home, seed=seed).flow_s


def compared(workload: Workload, *, turns: int, clusters_alone: bool) -> dict[str, list[float]]:
    """Return each side's seconds, turn by turn."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder)
        # The clusters' processes inherit all of this, and outlive the flows.
        os.environ.update(QUIET | served(home, stack=stack), QRT_HOME=folder)
        runners = {} if clusters_alone else {"the flow's process": "threads"}
        for size in SIZES:
            made = stack.enter_context(cluster(size, folder=home / "cache"))
            runners[f"dask, {size} process{'es' * (size > 1)}"] = f"dask:{made.scheduler_address}"
        few = replace(workload, n_points=WARMING[workload.n_qubits])
        for seed, runner in enumerate(runners.values(), start=1):
            timed(few, runner=runner, seed=seed, home=home)
        seeds = iter(range(100, 1000))
        found: dict[str, list[float]] = {name: [] for name in runners}
        for turn in range(turns):
            for name, runner in runners.items():
                found[name].append(timed(workload, runner=runner, seed=next(seeds), home=home))
                told = f"{name:20} {found[name][-1]:8.2f} s  load {os.getloadavg()[0]:.1f}"
                print(f"turn {turn}  {told}", flush=True)  # noqa: T201
        return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--qubits", type=int, choices=WORK, default=10)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--points", type=int, default=200_000)
    parser.add_argument("--clusters-alone", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = compared(
        replace(WORK[options.qubits], n_points=options.points),
        turns=options.turns,
        clusters_alone=options.clusters_alone,
    )
    best = {name: min(seconds) for name, seconds in found.items()}
    one = best["dask, 1 process"]
    for name, seconds in best.items():
        print(f"{name:20} {seconds:8.2f} s  {one / seconds:5.2f} x one process")  # noqa: T201
    answer: dict[str, Any] = {
        "qubits": options.qubits,
        "points": options.points,
        "turns": found,
        "best_s": best,
    }
    if options.json:
        options.json.write_text(json.dumps(answer, indent=1))


if __name__ == "__main__":
    main()
