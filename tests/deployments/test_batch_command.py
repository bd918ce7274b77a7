"""`qrt batch` refuses in one line what cannot run, and its quote prices what is packed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deployments.cli.main import run
from deployments.cli.summary import batch_summary

GHZ = "OPENQASM 3.0;\nqubit[{n}] q;\nz q;\nh q[0];\ncnot q[0], q[1];\n"
FREE = "OPENQASM 3.0;\ninput float theta;\nqubit[1] q;\nrx(theta) q[0];\n"

Files = Callable[..., tuple[str, ...]]


@pytest.fixture
def files(tmp_path: Path, qrt_home: Path) -> Files:
    """Return what writes circuits to files, and gives the options that name them."""
    del qrt_home

    def write(*texts: str) -> tuple[str, ...]:
        options: list[str] = []
        for number, text in enumerate(texts):
            path = tmp_path / f"c{number}.qasm"
            path.write_text(text)
            options += ["--circuit", str(path)]
        return tuple(options)

    return write


@pytest.mark.parametrize(
    ("texts", "options", "said"),
    [
        ((), (), "There is no circuit. Give files"),
        ((), ("--circuit", "absent.qasm"), "absent.qasm cannot be read"),
        (("",), (), "is empty"),
        (("This is no circuit.",), (), "c0.qasm, line 1"),
        ((FREE,), (), "Circuit c0 has the free parameter theta"),
        ((GHZ.format(n=3), GHZ.format(n=21)), ("--target", "emulator:garnet"), "c1 needs 21"),
        ((GHZ.format(n=2),), ("--observable", "Z2"), "Circuit c0: Z2"),
        ((GHZ.format(n=2),), ("--observable", "nan*Z0"), "Circuit c0: "),
        ((GHZ.format(n=2),), ("--shots", "nan"), "--shots"),
        ((GHZ.format(n=2),), ("--shots", "0"), "greater than or equal to 1"),
        ((GHZ.format(n=2),), ("--mitigate", "zne"), "Choose one of: none, readout"),
        ((GHZ.format(n=2),), ("--target", "emulator:willow"), "emulator:garnet"),
        (
            (GHZ.format(n=2),),
            ("--target", "emulator:forte-enterprise", "--shots", "50"),
            "--shots 50 is too few",
        ),
        (
            (GHZ.format(n=2),),
            ("--target", "emulator:garnet", "--mitigate", "readout", "--readout-shots", "0"),
            "--readout-shots 0",
        ),
        ((GHZ.format(n=2),), ("--target", "auto:nothing"), "nothing"),
    ],
)
def test_what_cannot_run_is_refused(
    texts: tuple[str, ...],
    options: tuple[str, ...],
    said: str,
    files: Files,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["batch", *files(*texts), *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert said in err


@pytest.mark.slow
def test_a_quote_packs_circuits_of_several_programs_into_shared_tasks(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    circuits = files(*(GHZ.format(n=2 + n % 2) for n in range(101)))
    wanted = ("quote", "batch", *circuits, "--target", "emulator:garnet", "--shots", "100")
    assert run([*wanted, "--json"]) == 0
    told: Any = json.loads(capsys.readouterr().out)
    assert (told["tasks"], told["shots"]) == (2, 10_100)
    assert told["items"][0] == {"item": "task_fees", "tasks": 2, "shots": 0, "usd": 0.60}
    assert told["unpacked"]["tasks"] == 101
    assert run(["quote", "batch", *circuits, "--target", "auto:cheapest"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert run(["runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_the_summary_is_at_most_80_columns_wide_and_names_what_failed_first() -> None:
    estimate = {"value": -0.5, "stderr": 0.01, "raw_value": -0.4, "raw_stderr": 0.01}
    good = {
        "name": "a circuit with a name that is longer than its column",
        "n_qubits": 3,
        "two_qubit_gates": 12_345,
        "depth": 1000,
        "estimates": dict.fromkeys(("Z0*Z1*Z2*Z3*Z4", "X0", "Y0", "Z0"), estimate),
        "failure": None,
    }
    bad = good | {"name": "größe", "depth": None, "failure": "The qubit is too warm. " * 5}
    result = {
        "circuits": [good] * 25 + [bad],
        "target": "emulator:garnet",
        "tasks": 1,
        "method": "readout",
        "outside": ["ZZ: 1 of 1 value is beyond ±1; the farthest is +1.0400 ± 0.0500"],
        "shots": 26_000,
        "executions": 1,
        "cost_usd": 38.0,
        "quote_usd": 38.0,
        "lake": "lake",
        "report": "report.html",
        "run_id": "r",
    }
    lines = batch_summary(result).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "26 circuits on emulator:garnet in 1 task"
    assert "größe" in lines[3]
    assert "FAILED: The qubit is too warm." in lines[3]
    assert "  and 6 more: the report has all" in lines
    assert any(line.strip() == "and 1 more" for line in lines)
    assert any(line.startswith("  outside    ZZ: 1 of 1 value is beyond ±1") for line in lines)
