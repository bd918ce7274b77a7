"""Everything that the targets speak of, side by side in one run: a table of ratios, and JSON.

Usage: python -m benchmarks.table [--only NAME ...] [--turns 3] [--garnet FILE] [--json FILE]
Sides take turns, and the best turn of each counts. A side whose full run would take minutes runs a
sample of the points and is scaled by the point; the column `ran` says how many it ran.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import sides
from benchmarks.commands import ROOT, qrt, sweep
from benchmarks.peer_sides import Runtime, peers
from benchmarks.sides import Side, compare
from benchmarks.workloads import MILLION, NOISY, SIX, SIZES, TEN, Workload

STARTS = 15
LANDING = "benchmarks.landing"


@dataclass(frozen=True, slots=True)
class Options:
    """How the benchmarks are run; `garnet` is a capabilities document for LocalEmulator."""

    turns: int
    garnet: Path | None
    home: Path


def six(options: Options) -> list[dict[str, Any]]:
    """Compare every side on the workload of the main target."""
    with ExitStack() as stack:
        every = [sides.local_loop(SIX), sides.batch(SIX), sides.program_set(SIX)]
        every += stack.enter_context(peers(SIX))
        return _compared(SIX, every, options)


def ten(options: Options) -> list[dict[str, Any]]:
    """Compare at ten qubits."""
    return _compared(TEN, [sides.local_loop(TEN)], options)


def noisy(options: Options) -> list[dict[str, Any]]:
    """Compare with Braket's emulator of the same device."""
    every = [sides.emulator_loop(NOISY, document=options.garnet)] if options.garnet else []
    return _compared(NOISY, every, options)


def sizes(options: Options) -> list[dict[str, Any]]:
    """Compare the bare engine and Braket's simulator up to 20 qubits."""
    rows = []
    for work in SIZES:
        pair = [sides.local_loop(work), sides.engine(work)]
        compare(pair, turns=options.turns)
        rows += _rows(work, pair)
    return rows


def million(options: Options) -> list[dict[str, Any]]:
    """Run a million points end to end, and a tenth of them: memory does not grow with points."""
    rows = []
    tenth = Workload("100,000 points, 4 qubits", 4, 100_000, sample=0)
    for work in (tenth, MILLION):
        ran = sweep(work, home=options.home, seed=7)
        note = f"peak {ran.peak_mib:.0f} MiB (VmHWM); {ran.wall_s:.1f} s the command"
        rows += _rows(work, [Side("qrt sweep, the flow", work.n_points, float, ran.flow_s, note)])
    return rows


def starts(options: Options) -> list[dict[str, Any]]:
    """Take turns at `qrt --help` and `qrt runs`; medians."""
    qrt("runs", home=options.home, silent=True)
    took: dict[str, list[float]] = {"--help": [], "runs": []}
    for _ in range(STARTS):
        for what, found in took.items():
            found.append(qrt(what, home=options.home, silent=True).wall_s)
    return [
        _row("commands", f"qrt {what}", ran=STARTS, seconds=median(found), note="median")
        for what, found in took.items()
    ]


def landing(_: Options) -> list[dict[str, Any]]:
    """Print the tables of `benchmarks.landing`: landing, checks, GROUP BY beside DuckDB alone."""
    command = [sys.executable, "-m", LANDING, "--rows", "1000000", "--repeat", "3"]
    if find_spec(LANDING):
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - our own module
    return []


PARTS: Mapping[str, Callable[[Options], list[dict[str, Any]]]] = {
    "six": six,
    "ten": ten,
    "noisy": noisy,
    "sizes": sizes,
    "starts": starts,
    "million": million,
    "landing": landing,
}


def main() -> None:
    """Run what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--garnet", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    rows: list[dict[str, Any]] = []
    _print(f"{_machine()}\n{HEAD}")
    with tempfile.TemporaryDirectory() as folder:
        options = Options(asked.turns, asked.garnet, Path(folder))
        for name in asked.only:
            found = PARTS[name](options)
            rows += found
            _print("\n".join(map(_line, found)))
    if asked.json:
        told = {"machine": _machine(), "rows": rows}
        asked.json.write_text(json.dumps(told, indent=1), encoding="utf-8")


def _compared(work: Workload, others: list[Side], options: Options) -> list[dict[str, Any]]:
    runtime = Runtime(work, home=options.home)
    ours = [runtime.side(), sides.engine(work)]
    compare([*ours, *others], turns=options.turns)
    return _rows(work, [*ours, runtime.command(), *others])


def _rows(work: Workload, every: list[Side]) -> list[dict[str, Any]]:
    """Return a row a side: how much faster the flow and the engine are by the point."""
    flow = next((s.ms_per_point for s in every if s.name == "qrt sweep, the flow"), None)
    bare = next((s.ms_per_point for s in every if s.name == "bare engine"), None)
    return [
        _row(
            f"{work.name} ({work.target})",
            side.name,
            ran=side.n_points,
            seconds=side.best_s,
            ms_per_point=side.ms_per_point,
            flow_is=flow and side.ms_per_point / flow,
            engine_is=bare and side.ms_per_point / bare,
            note=side.note,
        )
        for side in every
    ]


def _row(workload: str, side: str, **fields: Any) -> dict[str, Any]:
    return {"workload": workload, "side": side} | fields


HEAD = (
    f"{'workload':<40} {'side':<36} {'ran':>9} {'s':>8} {'ms/point':>10} "
    f"{'flow is':>9} {'engine is':>10}  note"
)


def _line(row: dict[str, Any]) -> str:
    each = f"{row['ms_per_point']:10.4f}" if "ms_per_point" in row else f"{'':10}"
    ratios = " ".join(
        f"{row[name]:>{width}.1f}x" if row.get(name) else " " * (width + 1)
        for name, width in (("flow_is", 8), ("engine_is", 9))
    )
    begun = f"{row['workload']:<40} {row['side']:<36} {row['ran']:>9,} {row['seconds']:>8.3f}"
    return f"{begun} {each} {ratios}  {row['note']}".rstrip()


def _machine() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load {load}"
    )


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
