"""A sweep from a notebook's cell: the document's program runs, and bad input is one line."""

import numpy as np
import pytest

from tests.e2e.conftest import Command
from tests.e2e.notebook_cells import BAD
from tests.e2e.notebook_threads import THREADS
from tests.e2e.processes import ROOT

pytestmark = pytest.mark.e2e


def test_the_document_s_cell_runs_inside_an_event_loop_and_gives_its_values(qrt: Command) -> None:
    document = str(ROOT / "docs" / "circuits-and-points.md")
    ran = qrt(document, main="tests.e2e.notebook_cells:main")
    assert ran.code == 0, ran.err
    found = ran.answer
    table = found["table"]
    assert list(table) == [
        "point", "phi", "theta", "target", "observable", "value", "stderr", "shots",
    ]  # fmt: skip
    exact = np.cos(table["theta"])
    noisy = np.array(table["target"]) != "local:sv"
    assert noisy.sum() == len(noisy) / 2
    for value, stderr, wanted, emulated in zip(
        table["value"], table["stderr"], exact, noisy, strict=True
    ):
        assert abs(value - wanted) < 6 * stderr + (0.15 if emulated else 1e-9)
    assert found["svg"] == "<svg"
    assert found["html"].startswith('<pre style="font-family: monospace')
    assert "leaked" not in ran.err
    for word, line in found["refused"].items():
        assert word.lower() in line.lower()
    assert len(found["refused"]) == len(BAD)
    (run,) = qrt("runs", "--json").answer
    assert (run["run_id"], run["state"]) == (found["run_id"], "completed")


def test_threads_may_measure_one_table_of_points_at_once(qrt: Command) -> None:
    ran = qrt(main="tests.e2e.notebook_threads:main")
    assert ran.code == 0, ran.err
    assert [found.get("fault") for found in ran.answer] == [None] * THREADS
    assert len({found["run_id"] for found in ran.answer}) == THREADS
    assert all(len(found["values"]) == 3 for found in ran.answer)
