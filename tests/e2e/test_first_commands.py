"""The first commands of a home that does not exist, all at once: each does what it was asked."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.processes import QRT, ROOT, interpreter

pytestmark = [pytest.mark.e2e, pytest.mark.long]

PATIENCE_S = 900
SWEPT = "OPENQASM 3.0; input float a; qubit[2] q; ry(a) q[0]; cnot q[0], q[1];"
BELL = "OPENQASM 3.0; qubit[2] q; h q[0]; cnot q[0], q[1];"
SEARCH = ("--target", "local:sv", "--mitigate", "none", "--iterations", "2", "--json")


def commands(folder: Path) -> dict[str, tuple[str, ...]]:
    swept, bell = folder / "swept.qasm", folder / "bell.qasm"
    swept.write_text(SWEPT)
    bell.write_text(BELL)
    sweep = ("sweep", "--circuit", str(swept), "--points", "a=0:pi:5")
    return {
        "vqe": ("vqe", *SEARCH),
        "qaoa": ("qaoa", "--graph", "ring:4", *SEARCH),
        "sweep": (*sweep, "--target", "local:sv", "--json"),
        "batch": ("batch", "--circuit", str(bell), "--target", "local:sv", "--json"),
        "quote": ("quote", *sweep, "--target", "emulator:garnet", "--json"),
        "select": ("select", "--circuit", str(bell), "--json"),
        "runs": ("runs", "--json"),
        "devices": ("devices", "--json"),
    }


def test_eight_first_commands_at_once_all_succeed(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "AWS"))}
    environment |= {"QRT_HOME": str(tmp_path / "deep" / "home"), "HOME": str(tmp_path)}
    started = {
        name: subprocess.Popen(
            interpreter(QRT, *arguments),
            env=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, arguments in commands(tmp_path).items()
    }
    said = {name: one.communicate(timeout=PATIENCE_S)[1] for name, one in started.items()}
    codes = {name: one.returncode for name, one in started.items()}
    assert codes == dict.fromkeys(started, 0), said
    assert not any("Traceback" in text for text in said.values()), said
