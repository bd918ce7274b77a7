"""`qrt sweep`: killed anywhere it ends with the same numbers; more of it runs what is missing."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Command

pytestmark = pytest.mark.e2e

CIRCUIT = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
ry(theta) q[0];
cx q[0], q[1];
"""
KILLED = "tests.e2e.killed:main"
FOUND = """
    select point, observable, value, stderr, shots, parameters from estimates order by all
"""
DRAWN = "select executable, point, basis, outcome, count from counts order by all"
# Counted from the start of each process; a chunk has 16,384 points.
KILLS = [
    ("journal.written:submitted", 1),
    ("journal.written:completed", 1),
    ("file.landed", 7),
    ("piece.landed", 1),
    ("journal.written:landed", 1),
    ("run.ended", 1),
]


@pytest.fixture
def sweep(qrt: Command, tmp_path: Path) -> tuple[str, ...]:
    """Return a sweep of a Bell-like circuit, without its points."""
    del qrt
    circuit = tmp_path / "ansatz.qasm"
    circuit.write_text(CIRCUIT)
    return ("sweep", "--circuit", str(circuit), "--observable", "Z0*Z1; Z0", "--json")


def test_killed_at_any_step_it_ends_with_the_same_numbers(
    qrt: Command, sweep: tuple[str, ...], tmp_path: Path
) -> None:
    asked = (*sweep, "--points", "theta=0:pi:20000", "--shots", "50")
    command = asked
    for event, number in KILLS:
        ran = qrt(event, str(number), str(tmp_path / "log"), *command, main=KILLED)
        assert ran.code == -9, f"{event} {number} was not reached: {ran.err}{ran.out}"
        (run,) = qrt("runs", "--json").answer
        command = ("resume", run["run_id"], "--json")
    ended = qrt(*command)
    assert ended.code == 0, ended.err
    assert ended.answer["points"] == 20000
    whole = {"QRT_HOME": str(tmp_path / "whole")}
    assert qrt(*asked, **whole).code == 0
    for sql in (FOUND, DRAWN):
        assert qrt("query", sql, "--json").answer == qrt("query", sql, "--json", **whole).answer
    assert qrt("verify").code == 0


def test_more_points_and_more_shots_run_what_is_missing_alone(
    qrt: Command, sweep: tuple[str, ...], tmp_path: Path
) -> None:
    some = qrt(*sweep, "--points", "sobol 100 theta=0:pi", "--shots", "100").answer
    more = qrt(*sweep, "--points", "sobol 150 theta=0:pi", "--shots", "100").answer
    assert more["experiment_id"] == some["experiment_id"]
    assert (some["measured"], more["measured"]) == (100, 50)
    better = qrt(*sweep, "--points", "sobol 150 theta=0:pi", "--shots", "300").answer
    assert (better["measured"], better["shots"]) == (150, 150 * 200)
    (tmp_path / "ansatz.qasm").rename(tmp_path / "the-same.qasm")
    renamed = [option.replace("ansatz.qasm", "the-same.qasm") for option in sweep]
    again = qrt(*renamed, "--points", "sobol 150 theta=0:pi", "--shots", "300").answer
    assert (again["measured"], again["executions"]) == (0, 0)
    assert again["observables"] == better["observables"]
    (row,) = qrt("query", "select sum(count)::bigint n from counts", "--json").answer
    assert row["n"] == 150 * 300


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--points", "phi=0:1:3"), "Unknown parameter 'phi'"),
        (("--points", "theta=0:1:1000000 "[:-1], "--points", "phi=0:1:1000000"), "1000000000000"),
        (("--points", "theta=0,nan"), "nan"),
        ((), "give no value to theta"),
        (("--points", "theta=0:1:3", "--observable", "Z2"), "qubit"),
        (("--points", "theta=0:1:3", "--target", "emulator:nowhere"), "nowhere"),
        (("--points", "theta=0:1:3", "--shots", "0"), "--shots"),
        (("--points", "theta=0:1:3", "--mitigate", "hope"), "hope"),
        (("--points", "missing.csv"), "missing.csv"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(
    options: tuple[str, ...], said: str, qrt: Command, sweep: tuple[str, ...]
) -> None:
    ran = qrt(*sweep, *options)
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.strip().splitlines()
    assert said in line
    assert qrt("runs", "--json").answer == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("OPENQASM 3.0;\nqubit[2] q;\nh q[0;\n", "line 3, column 6"),
        ('OPENQASM 3.0;\ninclude "/etc/passwd";\nqubit q;\n', "/etc/passwd"),
        ("OPENQASM 3.0;\nqubit q;\nhh q;\n", "hh"),
        ("", "empty"),
    ],
)
def test_a_circuit_that_cannot_be_read_is_refused_with_its_place(
    text: str, said: str, qrt: Command, tmp_path: Path
) -> None:
    (tmp_path / "bad.qasm").write_text(text)
    ran = qrt("sweep", "--circuit", str(tmp_path / "bad.qasm"), "--points", "theta=0:1:2")
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.strip().splitlines()
    assert said in line
