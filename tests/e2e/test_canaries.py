"""`qrt canary`: an honest device passes; what its canary learnt is used, and can be traced."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Command, Ran
from tests.e2e.prefect_api import Api
from tests.e2e.sandbox_process import GARNET, Sandbox

pytestmark = pytest.mark.e2e

CIRCUIT = "OPENQASM 3.0;\ninput float a;\nqubit[2] q;\nry(a) q[0];\ncnot q[0], q[1];\n"
SMALL = ("--qubits", "3", "--mirrors", "1", "--layers", "2")
USED = """
    select r.run_id, x.run_id as measured_by, x.purpose, count(*) as qubits
    from readouts r join executions x using (execution_id) group by all order by all
"""


def test_a_sweep_uses_the_readout_of_a_fresh_canary_and_says_which(
    qrt: Command, tmp_path: Path, prefect_api: Api
) -> None:
    circuit = tmp_path / "bell.qasm"
    circuit.write_text(CIRCUIT)
    sweep = ("sweep", "--circuit", str(circuit), "--observable", "Z0*Z1", "--json",
             "--target", "emulator:garnet", "--points", "a=0:1:2", "--mitigate",
             "readout")  # fmt: skip
    before = qrt(*sweep, "--seed", "1").answer
    checked = qrt("canary", *SMALL, "--json")
    assert checked.code == 0, checked.err
    canary = checked.answer
    assert canary["passed"]
    assert canary["standing"] == "healthy"
    found = prefect_api.ask("POST", "/artifacts/filter")
    (shown,) = [each["data"] for each in found if canary["run_id"] in str(each["data"])]
    assert "# Canaries on `emulator:garnet`\n\nThe device is **healthy**" in shown
    after = qrt(*sweep, "--seed", "2").answer
    assert after["plan"]["shots"] == before["plan"]["shots"] - 16_000
    used = qrt("query", USED, "--json").answer
    assert {(row["run_id"], row["measured_by"], row["purpose"], row["qubits"]) for row in used} == {
        (before["run_id"], before["run_id"], "readout", 2),
        (canary["run_id"], canary["run_id"], "canary", 20),
        (after["run_id"], canary["run_id"], "canary", 2),
    }
    resumed = qrt("resume", canary["run_id"], "--json")
    assert resumed.answer == canary
    assert qrt("verify").code == 0


@pytest.mark.long
def test_a_device_that_is_worse_than_it_publishes_is_degraded_until_it_is_not(
    on_garnet: Callable[..., Ran], sandbox: Sandbox
) -> None:
    canary = ("canary", "--target", GARNET, *SMALL, "--readout-shots", "1000", "--json")
    sandbox.strike({"kind": "degraded", "factor": 2.5})
    failed = on_garnet(*canary)
    assert failed.code == 0, failed.err
    assert not failed.answer["passed"]
    assert failed.answer["standing"] == "degraded"
    assert failed.answer["cost_usd"] == failed.answer["plan"]["usd"] > 0
    assert failed.answer["cost_usd"] <= failed.answer["quote_usd"]
    assert "canaries failed" in on_garnet("devices", "audit").out
    sandbox.strike()
    passed = on_garnet(*canary)
    assert passed.answer["passed"]
    assert passed.answer["calibration_id"] == failed.answer["calibration_id"]
    assert passed.answer["standing"] == "healthy"
