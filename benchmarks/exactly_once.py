"""What is bought, lost and paid when things go wrong: this runtime beside AwsQuantumTaskBatch.

Usage: python -m benchmarks.exactly_once [--tasks 20] [--json FILE]
Both buy the same circuits on the same sandbox under the same faults; a process that ends in an
error or is killed is started again, as its user would. A fault that no patience outlasts is lifted
before the second start. The plan is one task a circuit.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.once.circuits import SHOTS
from tests.e2e.sandbox_process import Sandbox

STARTS = 5  # how often a user has the patience to start it again
PATIENCE_S = 300
WAYS = {"quantum-runtime": "benchmarks.once.journalled", "run_batch": "benchmarks.once.sdk_batch"}
USD_PER_TASK = 0.30 + SHOTS * 0.00145  # IQM Garnet


@dataclass(frozen=True)
class Scenario:
    """What goes wrong; where `lifted`, the faults end with the first process that they stop."""

    name: str
    faults: list[dict[str, Any]] = field(default_factory=list)
    kills: int = 0
    lifted: bool = False
    poll_timeout_s: float | None = None


@dataclass(frozen=True)
class Figures:
    """How it ended; `lost` were paid and are not in hand, `twice` is None without a lake."""

    scenario: str
    way: str
    starts: int
    created: int
    beyond_plan: int
    lost: int
    twice: int | None
    usd: float
    usd_planned: float
    wall_s: float


CREATE = {"operation": "CreateQuantumTask"}
SCENARIOS = [
    Scenario("nothing"),
    Scenario("answers lost on create", [{"kind": "drop", "probability": 0.5, **CREATE}]),
    Scenario("requests lost", [{"kind": "drop", "probability": 0.1, "when": "before"}]),
    Scenario("throttling", [{"kind": "throttle", "probability": 0.2}]),
    Scenario("internal errors", [{"kind": "internal", "probability": 0.15}]),
    Scenario(
        "expired while polling",
        [{"kind": "expired", "operation": "GetQuantumTask", "after": 10}],
        lifted=True,
    ),
    Scenario("queue full", [{"kind": "queue_full", "after": 10}], lifted=True),
    Scenario("two tasks fail", [{"kind": "fail", "next": 2, "after": 5}]),
    Scenario("late, polled for 3 s", [{"kind": "late", "delay_s": 6.0}], poll_timeout_s=3.0),
    Scenario("killed 3 times", kills=3),
    Scenario("killed, answers lost", [{"kind": "drop", "probability": 0.3, **CREATE}], kills=3),
]


def main() -> None:
    """Run every scenario in both ways and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tasks", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures: list[Figures] = []
    sys.stdout.write(HEAD)
    for scenario in SCENARIOS:
        for way in WAYS:
            with tempfile.TemporaryDirectory() as folder:
                found = measured(scenario, way, tasks=options.tasks, folder=Path(folder))
            figures.append(found)
            sys.stdout.write(_line(found))
            sys.stdout.flush()
    if options.json:
        options.json.write_text(json.dumps([asdict(found) for found in figures], indent=1))


def measured(scenario: Scenario, way: str, *, tasks: int, folder: Path) -> Figures:
    """Run one scenario in one way, on a sandbox of its own."""
    sandbox = Sandbox(folder / "sandbox")
    sandbox.start()
    try:
        sandbox.strike(*scenario.faults)
        began = time.monotonic()
        starts, landed = _run(scenario, way, tasks=tasks, sandbox=sandbox, home=folder / "home")
        wall_s = time.monotonic() - began
        _settle(sandbox)
        bill, created = sandbox.ask("bill"), len(sandbox.tasks())
    finally:
        sandbox.end()
    twice = _twice(folder / "home") if way == "quantum-runtime" else None
    failed = 2 if "fail" in scenario.name else 0
    planned = round((tasks - failed) * USD_PER_TASK, 6)
    return Figures(
        scenario.name, way, starts, created, created - tasks, bill["tasks"] - landed, twice,
        bill["usd"], planned, round(wall_s, 1),
    )  # fmt: skip


def _run(
    scenario: Scenario, way: str, *, tasks: int, sandbox: Sandbox, home: Path
) -> tuple[int, int]:
    """Start the process until it ends well; return how often, and how many results it has."""
    rng = random.Random(scenario.name)  # noqa: S311 - moments to kill at, not secrets
    command = [sys.executable, "-m", WAYS[way], str(tasks)]
    if scenario.poll_timeout_s and way == "run_batch":
        command.append(str(scenario.poll_timeout_s))
    environment = os.environ | sandbox.environment | {"QRT_HOME": str(home)}
    for start in range(1, STARTS + 1):
        with tempfile.TemporaryFile("w+") as out:
            process = subprocess.Popen(  # noqa: S603 - our own modules
                command, env=environment, stdout=out, stderr=subprocess.DEVNULL
            )
            if start <= scenario.kills:
                _kill(process, after=rng.randint(1, tasks), sandbox=sandbox)
                continue
            if process.wait(PATIENCE_S) == 0:
                out.seek(0)
                return start, int(re.findall(r"^(\d+)", out.read(), re.MULTILINE)[-1])
        if scenario.lifted:
            sandbox.strike()
    return STARTS, 0


def _kill(process: subprocess.Popen[bytes], *, after: int, sandbox: Sandbox) -> None:
    """Kill the process with SIGKILL once it has asked for `after` tasks, or when it has ended."""
    first = _asked(sandbox)
    while process.poll() is None and _asked(sandbox) < first + after:
        time.sleep(0.02)
    process.kill()
    process.wait()


def _asked(sandbox: Sandbox) -> int:
    return int(sandbox.ask("calls").get("CreateQuantumTask", {}).get("total", 0))


def _settle(sandbox: Sandbox) -> None:
    """Wait until the sandbox has ended what it was given: orphans are paid too."""
    sandbox.strike()
    bill: dict[str, Any] = {}
    while bill != (bill := sandbox.ask("bill")):
        time.sleep(1.0)


def _twice(home: Path) -> int:
    """Return how many executions have more counts in the lake than shots came back."""
    from datasets.lake.views import query

    sql = (
        "SELECT count(*) FROM (SELECT execution_id, sum(count) AS n FROM counts GROUP BY 1) c "
        "JOIN (SELECT execution_id, min(shots_returned) AS shots, count(*) AS landed "
        "FROM executions GROUP BY 1) e USING (execution_id) WHERE n > shots OR landed > 1"
    )
    return int(query(home / "lake", sql).rows[0][0])


HEAD = (
    f"{'scenario':<24} {'way':<16} {'starts':>6} {'tasks':>6} {'beyond':>7} {'lost':>5} "
    f"{'twice':>6} {'USD':>8} {'of plan':>8} {'s':>6}\n"
)


def _line(found: Figures) -> str:
    twice = "-" if found.twice is None else str(found.twice)
    return (
        f"{found.scenario:<24} {found.way:<16} {found.starts:>6} {found.created:>6} "
        f"{found.beyond_plan:>7} {found.lost:>5} {twice:>6} {found.usd:>8.2f} "
        f"{found.usd / found.usd_planned:>7.2f}x {found.wall_s:>6.1f}\n"
    )


if __name__ == "__main__":
    main()
