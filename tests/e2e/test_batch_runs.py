"""`qrt batch` gives every circuit what is its own, and each number leads back to what ran."""

import json
import math
import re
from pathlib import Path

import pytest

from tasks.report.batch import traced
from tests.e2e.conftest import Command

DOCUMENT = Path(__file__).parents[2] / "docs" / "batches.md"
(DOCUMENTED,) = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)

pytestmark = pytest.mark.e2e

# From an estimate to its counts, its execution, its compiled program and its program.
TRACED = """SELECT m.name, e.observable, any_value(e.value) AS value, sum(c.count) AS shots,
        any_value(k.depth) AS depth, any_value(p.n_qubits) AS n_qubits,
        any_value(m.set_id = x.compiled_id) AS same_set
    FROM estimates e
    JOIN members m USING (run_id, point)
    JOIN counts c USING (run_id, point)
    JOIN executions x ON x.execution_id = c.execution_id
        AND list_contains(e.execution_ids, x.execution_id)
    JOIN compiled_programs k ON k.compiled_id = m.compiled_id
        AND k.calibration_id = x.calibration_id
    JOIN programs p ON p.program_id = m.program_id AND p.program_id = k.program_id
    WHERE e.run_id = '{run_id}' GROUP BY ALL ORDER BY ALL"""
LOST = """SELECT (SELECT count(*) FROM counts ANTI JOIN executions USING (execution_id))
    + (SELECT count(*) FROM executions x ANTI JOIN
        (SELECT compiled_id FROM compiled_programs UNION SELECT set_id FROM members) USING
        (compiled_id))
    + (SELECT count(*) FROM members ANTI JOIN compiled_programs USING (compiled_id))
    + (SELECT count(*) FROM estimates ANTI JOIN members USING (run_id, point)) AS lost"""


def written(folder: Path, count: int) -> Path:
    """Write circuits of which it is known what comes out: <Z0> is the cosine of the angle."""
    folder.mkdir()
    for number in range(count):
        n_qubits = 2 + number % 2
        text = f"OPENQASM 3.0;\nqubit[{n_qubits}] q;\nry({angle(number)}) q[0];\ncnot q[0], q[1];\n"
        (folder / f"c{number:03d}.qasm").write_text(text)
    return folder


def angle(number: int) -> float:
    return round(0.05 * number, 6)


def test_a_batch_agrees_with_exact_values_and_every_number_can_be_traced(
    qrt: Command, tmp_path: Path
) -> None:
    folder = written(tmp_path / "circuits", 11)
    (folder / "größe 2.qasm").write_text("OPENQASM 3.0;\nqubit[1] q;\nx q[0];\n")
    ran = qrt("batch", "--circuits", str(folder), "--shots", "4000", "--json")
    assert ran.code == 0, ran.err
    found = ran.answer
    assert (found["state"], found["tasks"], found["failed"]) == ("completed", 1, 0)
    *turned, flipped = found["circuits"]
    for number, circuit in enumerate(turned):
        assert circuit["name"] == f"c{number:03d}"
        for name in ("Z0", "Z1"):
            one = circuit["estimates"][name]
            exact = math.cos(angle(number))
            assert abs(one["value"] - exact) <= 5 * max(one["stderr"], 1 / 4000)
    assert flipped["estimates"]["Z0"]["value"] == -1.0
    assert flipped["most_frequent"] == [{"bitstring": "1", "basis": "Z", "count": 4000}]

    rows = qrt("query", TRACED.format(run_id=found["run_id"]), "--json").answer
    told = {
        (circuit["name"], name): (one["value"], circuit["shots"], circuit["depth"])
        for circuit in found["circuits"]
        for name, one in circuit["estimates"].items()
    }
    assert {
        (row["name"], row["observable"]): (row["value"], row["shots"], row["depth"]) for row in rows
    } == told
    assert all(row["same_set"] for row in rows)
    assert qrt("query", LOST, "--json").answer == [{"lost": 0}]
    for sql in (traced(found["run_id"]), DOCUMENTED.replace("RUN_ID", found["run_id"])):
        assert {row["name"] for row in qrt("query", sql, "--json").answer} == {
            circuit["name"] for circuit in found["circuits"]
        }
    assert qrt("verify").code == 0

    (folder / "c000.qasm").write_text("changed")
    assert qrt("resume", found["run_id"], "--json").answer == found
    report = Path(found["report"]).read_text("utf-8")
    assert "größe 2: counts, measured in Z" in report
    shown = qrt("show", found["run_id"]).out
    assert "12 circuits on local:sv in 1 task" in shown
    assert max(map(len, shown.splitlines())) <= 80 or "lake" in shown


def test_a_circuit_that_cannot_run_costs_itself_alone_and_readout_is_mitigated_for_all(
    qrt: Command, tmp_path: Path
) -> None:
    wide = tmp_path / "wide.qasm"
    wide.write_text("OPENQASM 3.0;\nqubit[14] q;\nh q;\n")
    small = tmp_path / "small.qasm"
    small.write_text("OPENQASM 3.0;\nqubit[2] q;\nx q[0];\ncnot q[0], q[1];\n")
    wanted = ("--circuit", str(wide), "--circuit", str(small), "--circuit", str(small))
    options = ("--target", "emulator:garnet", "--mitigate", "readout", "--observable", "Z0*Z1")
    ran = qrt("batch", *wanted, *options, "--json")
    assert ran.code == 0, ran.err
    refused, first, second = ran.answer["circuits"]
    assert ran.answer["failed"] == 1
    assert "up to 12 qubits" in refused["failure"]
    assert "wide failed: " in ran.err
    assert (first["name"], second["name"]) == ("small", "small-2")
    assert first["compiled_id"] == second["compiled_id"]
    for circuit in (first, second):
        one = circuit["estimates"]["Z0*Z1"]
        assert abs(one["value"] - 1) < 0.05
        assert one["value"] > one["raw_value"]
    assert first["estimates"] != second["estimates"], "it is measured twice"
    assert qrt("query", LOST, "--json").answer == [{"lost": 1}], "what is refused has none"
    quoted = json.loads(qrt("quote", "batch", *wanted[2:], *options, "--json").out)
    assert quoted["cost_usd"] == ran.answer["what_if_usd"] == ran.answer["quote_usd"]
    assert ran.answer["cost_usd"] == 0
