"""Measure what a refusal costs: processor time, user and system, of the command and its children.

    python -m benchmarks.refusals

prints the least of five turns of each, in seconds, in a home that does not exist; the first line is
a fixed loop, which tells how fast the machine is just then.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.commands import QRT, ROOT

TURNS: Final = 5
LIMIT_S: Final = 1.0
LOOP: Final = (sys.executable, "-c", "for i in range(10_000_000): i + 1")
BRAKET: Final = "braket:arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
WIDE: Final = "OPENQASM 3.0; input float theta; qubit[14] q; rx(theta) q;"
REFUSALS: Final = (
    "sweep --circuit absent.qasm",
    "sweep --circuit wide.qasm --points theta=0.1 --target emulator:garnet",
    "sweep --circuit wide.qasm --points theta=north",
    "vqe --target emulator:willow",
    "vqe --max-usd 1",
    "qaoa --graph ring:40 --target auto",
    f"vqe --target {BRAKET}",  # without credentials
)


def main() -> None:
    """Print a line for each refusal."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "wide.qasm").write_text(WIDE)
        loop_s = min(_cost_s(LOOP, folder=Path(folder)) for _ in range(TURNS))
        print(f"{loop_s:.2f}  ten million additions")  # noqa: T201 - it is a table
        for command in REFUSALS:
            asked = (*QRT, *command.split())
            least_s = min(_cost_s(asked, folder=Path(folder), code=2) for _ in range(TURNS))
            mark = "" if least_s <= LIMIT_S else f"  over {LIMIT_S} s"
            print(f"{least_s:.2f}  qrt {command}{mark}")  # noqa: T201 - it is a table


def _cost_s(command: Sequence[str], *, folder: Path, code: int = 0) -> float:
    """Return the processor time of a command that ends with a code."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    places = {"QRT_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(  # noqa: S603 - our own command
        command,
        env=bare | places | {"AWS_EC2_METADATA_DISABLED": "true"},
        cwd=folder,
        capture_output=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode != code:
        raise SystemExit(ended.stderr.decode())
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


if __name__ == "__main__":
    main()
