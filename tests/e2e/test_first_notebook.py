"""The notebook in the documents runs top to bottom, and what it shows is what it says."""

import numpy as np
import pytest

from tests.e2e.conftest import Command
from tests.e2e.processes import ROOT

pytestmark = pytest.mark.e2e
NOTEBOOK = ROOT / "docs" / "notebooks" / "first-sweep.py"


def test_the_notebook_defines_quotes_sweeps_queries_and_plots(qrt: Command) -> None:
    ran = qrt(str(NOTEBOOK), main="tests.e2e.percent_cells:main")
    assert ran.code == 0, ran.err
    found = ran.answer
    assert found["quoted_usd"] == found["plan_usd"] > 0
    values = found["values"]
    assert len(values["value"]) == 3 * 40
    z = np.array(values["observable"]) == "Z0"
    off = np.array(values["value"])[z] - np.cos(np.array(values["theta"])[z])
    assert abs(off).max() < 6 * max(values["stderr"]) + 0.15
    assert [row["observable"] for row in found["spread"]] == ["X0*X1", "Z0", "Z0*Z1"]
    quote, offers, summary, table, _, plot = found["shown"]
    assert "sweep on emulator:garnet" in quote
    assert "emulator:emerald" in offers
    assert summary.startswith("<pre ")
    assert "<table" in table
    assert plot.startswith("<svg")
    (run,) = qrt("runs", "--json").answer
    assert (run["run_id"], run["state"]) == (found["run_id"], "completed")
