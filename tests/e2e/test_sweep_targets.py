"""Several targets in one sweep, and answers that are about what was asked for."""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Command

pytestmark = pytest.mark.e2e

CIRCUIT = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
ry(theta) q[0];
cx q[0], q[1];
"""
TWO = ("--target", "local:sv", "--target", "emulator:garnet")
FOUND = """
    select target, point, observable, value, stderr, shots, parameters from estimates order by all
"""


@pytest.fixture
def sweep(tmp_path: Path) -> tuple[str, ...]:
    """Return a sweep of a Bell-like circuit, without its points."""
    circuit = tmp_path / "ansatz.qasm"
    circuit.write_text(CIRCUIT)
    return ("sweep", "--circuit", str(circuit), "--observable", "Z0*Z1; Z0", "--json")


def ranges(found: dict[str, Any]) -> dict[tuple[str, str], tuple[int, float, float]]:
    return {
        (each["observable"], each["target"]): (each["points"], each["least"], each["most"])
        for each in found["observables"]
    }


def test_two_targets_are_one_experiment_side_by_side_and_each_is_measured_once(
    qrt: Command, sweep: tuple[str, ...]
) -> None:
    grid = ("--points", "theta=0:pi:9")
    alone = qrt(*sweep, *grid).answer
    assert alone["target"] == "local:sv"
    assert [on["target"] for on in alone["targets"]] == ["local:sv"]
    assert alone["compiled_id"] == alone["targets"][0]["compiled_id"]
    both = qrt(*sweep, *grid, *TWO).answer
    assert both["experiment_id"] == alone["experiment_id"]
    assert both["target"] == "local:sv, emulator:garnet"
    assert (both["measured"], [on["measured"] for on in both["targets"]]) == (9, [0, 9])
    assert list(ranges(both)) == [
        (name, target) for name in ("Z0*Z1", "Z0") for target in ("local:sv", "emulator:garnet")
    ]
    assert {key: ranges(both)[key] for key in ranges(alone)} == ranges(alone)
    one, other = (on["compiled_id"] for on in both["targets"])
    assert (one != other, both["compiled_id"]) == (True, None)
    report = Path(both["report"]).read_text()
    assert report.count("emulator:garnet") > report.count("Engine, and why") == 1
    again = qrt(*sweep, *grid, *TWO).answer
    assert (again["measured"], again["executions"]) == (0, 0)
    assert ranges(again) == ranges(both)
    by_target = "select target, count(*)::int n from estimates group by target order by target"
    assert qrt("query", by_target, "--json").answer == [
        {"target": "emulator:garnet", "n": 18},
        {"target": "local:sv", "n": 18},
    ]
    engines = "select distinct target, split_part(engine, ':', 1) e from executions order by target"
    assert [row["e"] for row in qrt("query", engines, "--json").answer] == ["batched", "batched"]


def test_a_sweep_on_two_targets_that_was_killed_ends_with_the_same_numbers(
    qrt: Command, sweep: tuple[str, ...], tmp_path: Path
) -> None:
    asked = (*sweep, "--points", "theta=0:pi:9", *TWO, "--mitigate", "readout")
    killed = ("piece.landed", "1", str(tmp_path / "log"))
    assert qrt(*killed, *asked, main="tests.e2e.killed:main").code == -9
    (run,) = qrt("runs", "--json").answer
    ended = qrt("resume", run["run_id"], "--json")
    assert ended.code == 0, ended.err
    whole = {"QRT_HOME": str(tmp_path / "whole")}
    assert qrt(*asked, **whole).code == 0
    assert qrt("query", FOUND, "--json").answer == qrt("query", FOUND, "--json", **whole).answer
    assert qrt("verify").code == 0


def test_the_answer_is_about_the_points_that_were_asked_for(
    qrt: Command, sweep: tuple[str, ...]
) -> None:
    fine = qrt(*sweep, "--points", "theta=0:pi:9").answer
    half = qrt(*sweep, "--points", "theta=0:pi/2:5").answer
    assert half["measured"] == 0
    points, least, most = ranges(half)["Z0", "local:sv"]
    assert (points, most) == (5, ranges(fine)["Z0", "local:sv"][2])
    assert ranges(fine)["Z0", "local:sv"][1] == -1.0
    assert abs(least) < 0.3
    more = qrt(*sweep, "--points", "theta=0:pi/2:5", "--repetitions", "2").answer
    assert (more["measured"], ranges(more)["Z0", "local:sv"][0]) == (5, 5)
    again = qrt(*sweep, "--points", "theta=0:pi/2:5").answer
    assert ranges(again) == ranges(half)


def test_a_circuit_without_parameters_is_one_point(qrt: Command, tmp_path: Path) -> None:
    circuit = tmp_path / "bell.qasm"
    circuit.write_text('OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nx q[0];\ncx q[0],q[1];\n')
    found = qrt("sweep", "--circuit", str(circuit), "--json").answer
    assert found["points"] == found["measured"] == 1
    assert ranges(found) == {
        ("Z0", "local:sv"): (1, -1.0, -1.0),
        ("Z1", "local:sv"): (1, -1.0, -1.0),
    }
    assert qrt("sweep", "--circuit", str(circuit), "--json").answer["measured"] == 0
