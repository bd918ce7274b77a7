"""What request, home and catalogue rule out is refused before a home, a run or a server is made."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from datasets.journal.glance import may_withhold
from datasets.journal.journal import Journal

# Of each refusal: the command, and what the one line has to say.
WIDE, NARROW, WORDS, CELLS = "wide.qasm", "pair.qasm", "broken.qasm", "cells.csv"
FEW = "emulator:forte-enterprise"  # takes no fewer than 100 shots
ONE = "--points theta=0.1"
REFUSALS = (
    (f"sweep --circuit {WIDE} --points theta=0.1 --target emulator:garnet", "12 qubits"),
    (f"sweep --circuit {WIDE} --points theta=0.1 --target auto", "12 qubits"),
    (f"batch --circuit {WORDS}", "broken"),
    ("batch --circuit fixed.qasm --target emulator:garnet", "12 qubits"),
    ("qaoa --graph ring:14 --target emulator:garnet", "12 qubits"),
    ("qaoa --graph ring:14 --target auto", "12 qubits"),
    ("qaoa --graph ring:60", "20 usable qubits"),
    ("canary --target emulator:garnet --qubits 13", "--qubits"),
    ("canary --target local:sv", "Choose a device to check"),
    (f"sweep --circuit {NARROW} --points theta=zz", "not a finite number"),
    (f"sweep --circuit {NARROW} --points phi=0:1:3", "phi"),
    (f"sweep --circuit {NARROW} --points theta=0.1 --observable Z7", "Z7"),
    (f"sweep --circuit {NARROW} --points theta=0.1 --target emulator:willow", "Unknown target"),
    (f"sweep --circuit {NARROW} --points theta=0.1 --mitigate magic", "magic"),
    (
        f"sweep --circuit {NARROW} --target {FEW} --mitigate readout --readout-shots 1 {ONE}",
        "--readout-shots 1 is too few",
    ),
    ("sweep --circuit absent.qasm", "absent.qasm"),
    ("batch --circuit absent.qasm", "absent.qasm"),
    ("vqe --problem caffeine", "Unknown problem"),
    ("vqe --optimizer luck", "luck"),
    ("vqe --shots 1", "--shots 1 is too few"),
    ("vqe --max-calibration-age 1m", "--max-calibration-age"),
    ("vqe --max-usd 1", "--max-usd allows 1.00"),
    ("vqe --tag team=a", "--tag"),
    ("vqe --target emulator:absent.json", "absent.json"),
    ("qaoa --graph star:4", "Unknown graph"),
    (f"sweep --circuit {NARROW} --points theta=0.1 --runner slurm", "slurm"),
    # The last: points in a file are read by Arrow.
    (f"sweep --circuit {NARROW} --points absent.csv --runner threads", "absent.csv"),
    (f"sweep --circuit {NARROW} --points {CELLS}", "row 2, column theta has 'nan'"),
)
ARROW = "pyarrow"
HEAVY = (
    "prefect",
    "great_expectations",
    "qiskit",
    "braket",
    "boto3",
    "sqlalchemy",
    "duckdb",
    ARROW,
    "pandas",
    "matplotlib",
    "uvicorn",
    "deployments.cli.running",
)
# Runs every command in one process, and says after each what it has loaded and started.
PROGRAM = """
import contextlib, io, json, subprocess, sys
started = []
sys.addaudithook(lambda name, args: started.append(name) if name == "subprocess.Popen" else None)
from deployments.cli.main import run
for command in json.loads(sys.argv[1]):
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        code = run(command.split())
    heavy = [name for name in json.loads(sys.argv[2]) if name in sys.modules]
    print(json.dumps([code, said.getvalue(), heavy, started]))
"""


def refused(commands: list[str], *, folder: Path, home: Path) -> list[tuple[int, str, list[str]]]:
    """Return code, text, and what was loaded or started, of each command."""
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(commands), json.dumps(HEAVY)],
        cwd=folder,
        env=os.environ | {"QRT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    told = map(json.loads, found.stdout.splitlines())
    return [(code, said, [*heavy, *started]) for code, said, heavy, started in told]


def circuit(n_qubits: int, *, free: bool) -> str:
    """Return a circuit over the first and the last of some qubits."""
    declared = "input float theta;\n" if free else ""
    turned = f"rx({'theta' if free else 1.5}) q[0];"
    return f"OPENQASM 3.0;\n{declared}qubit[{n_qubits}] q;\n{turned}\n" + "".join(
        f"cnot q[{i}], q[{i + 1}];\n" for i in range(n_qubits - 1)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / WIDE).write_text(circuit(14, free=True))
    (tmp_path / NARROW).write_text(circuit(2, free=True))
    (tmp_path / "fixed.qasm").write_text(circuit(14, free=False))
    (tmp_path / WORDS).write_text("OPENQASM 3.0; qubit[2] q; nonsense")
    (tmp_path / CELLS).write_text("theta\n0.1\nnan\n")
    return tmp_path


def test_each_refusal_is_one_line_and_loads_and_makes_nothing(folder: Path, qrt_home: Path) -> None:
    found = refused([command for command, _ in REFUSALS], folder=folder, home=qrt_home)
    for (command, wanted), (code, said, loaded) in zip(REFUSALS, found, strict=True):
        read_by = [ARROW] if ".csv" in command else []
        assert (code, loaded) == (2, read_by), command
        assert wanted in said, command
        assert said.count("\n") == 1, command
    assert not qrt_home.exists()


def test_a_quarantined_device_is_refused_before_anything_starts(
    folder: Path, qrt_home: Path
) -> None:
    decided = "devices quarantine garnet --reason drifting"
    wanted = f"sweep --circuit {NARROW} --points theta=0.1 --target emulator:garnet"
    found = refused([decided, wanted, "vqe"], folder=folder, home=qrt_home)
    assert [code for code, *_ in found] == [0, 2, 2]
    for _, said, loaded in found[1:]:
        assert "emulator:garnet is quarantined" in said
        assert loaded == ["sqlalchemy"]


def test_a_glance_knows_a_journal_in_which_nothing_is_said(tmp_path: Path) -> None:
    place = tmp_path / "journal.db"
    assert not may_withhold(place)
    Journal.open(place).close()
    assert not may_withhold(place)
    assert may_withhold("postgresql://host/database")
    place.write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    assert may_withhold(place)
