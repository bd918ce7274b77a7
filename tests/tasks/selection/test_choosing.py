"""A run whose target is left open gets one, or hears what excluded each."""

from dataclasses import replace
from pathlib import Path

import pytest

from datasets.home import Home
from datasets.lake.views import query
from tasks.context.runtime import open_runtime
from tasks.core.identity import canonical
from tasks.errors import BadInput
from tasks.selection.request import Measuring, pieces_of
from tasks.selection.run_target import choose_target
from tasks.selection.selection_log import choices
from tests.tasks.execution.fake_target import a_run

pytestmark = pytest.mark.slow

BELL = """OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
h q[0];
cx q[0], q[1];
c = measure q;
"""


def test_a_run_without_a_quote_hears_what_excluded_each_device(tmp_path: Path) -> None:
    circuit = tmp_path / "bell.qasm"
    circuit.write_text(BELL)
    (piece,) = pieces_of([str(circuit)], measuring=Measuring(100, "none", 100))
    run = replace(a_run(), parameters=canonical({"target": "auto:best:0.01"}).decode())
    assert run.quote_usd is None
    runtime = open_runtime(Home(tmp_path / "home"))
    with pytest.raises(BadInput, match=r"^No device satisfies the policy best: ") as refused:
        choose_target(run, piece, runtime=runtime)
    said = str(refused.value)
    assert "emulator:garnet: the price is 0.45 USD, and the cap is 0.01 USD" in said
    assert "quoted" not in said
    assert choices(runtime.pins(run.run_id)) == ()
    with pytest.raises(BadInput):  # a resumed run hears it again, and lands the same
        choose_target(run, piece, runtime=runtime)
    sql = f"SELECT target, chosen, reason FROM selections WHERE run_id = '{run.run_id}'"  # noqa: S608
    found = query(runtime.home.lake, sql).records()
    assert "emulator:garnet" in {row["target"] for row in found}
    assert len(found) == len({row["target"] for row in found})
    assert not any(row["chosen"] for row in found)
    assert all(row["reason"] for row in found)
