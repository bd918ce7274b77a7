"""A large cut of a graph, as users look for one."""

import re
from pathlib import Path

import pytest

from tests.e2e.conftest import Command, Ran
from tests.e2e.test_killed_runs import kill_at, the_run, what_counts

pytestmark = pytest.mark.e2e

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "graphs.md"
(SQL,) = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
KEYS = {
    "run_id", "state", "wall_s", "points", "shots", "cost_usd", "lake", "report", "expected_cut",
    "stderr", "best_cut", "best_bitstring", "sides", "max_cut", "approximation_ratio",
    "optimal_probability",
}  # fmt: skip


def checked(ran: Ran, qrt: Command) -> None:
    """Hold an answer against the SQL of the document, the report and the ledger."""
    found = ran.answer
    assert set(found) >= KEYS
    (row,) = qrt("query", SQL.replace("RUN_ID", found["run_id"]), "--json").answer
    assert row["cut"] == pytest.approx(found["best_cut"])
    assert row["raw_expected_cut"] == pytest.approx(found["raw_expected_cut"])
    energy = "select value, stderr from estimates where observable = 'energy' and run_id = '{}'"
    rows = qrt("query", energy.format(found["run_id"]) + " and iteration is null", "--json").answer
    assert (-found["expected_cut"], found["stderr"]) in [(r["value"], r["stderr"]) for r in rows]
    # Outcomes, cuts and convergence; the device, where there is one.
    pictures = 3 + (not found["target"].startswith("local"))
    assert Path(found["report"]).read_text().count("<svg") == pictures
    assert found["cost_usd"] <= found["quote_usd"]


def test_a_ring_is_cut_on_an_emulated_garnet(qrt: Command) -> None:
    ran = qrt(
        "qaoa", "--graph", "ring:6", "--layers", "1", "--target", "emulator:garnet",
        "--iterations", "2", "--shots", "1000", "--seed", "1", "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.err == ""
    checked(ran, qrt)
    found = ran.answer
    assert (found["best_cut"], found["max_cut"]) == (6.0, 6.0)
    assert {*map(frozenset, found["sides"])} == {frozenset("024"), frozenset("135")}
    assert 0.5 < found["raw_approximation_ratio"] < found["approximation_ratio"]
    # One layer ends at three quarters; what readout leaves of the noise takes some of that.
    assert found["approximation_ratio"] < 0.75 + 5 * found["stderr"] / 6


def test_a_killed_search_for_a_cut_goes_on_with_the_graph_that_it_was_given(
    qrt: Command, qrt_home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bridges.csv"
    path.write_text("Kneiphof,Altstadt,2\nKneiphof,東京,-0.5\nAltstadt,東京,1.25\n", "utf-8")
    command = (
        "qaoa", "--graph", str(path), "--layers", "2", "--target", "local:sv",
        "--iterations", "5", "--final-shots", "2000", "--json",
    )  # fmt: skip
    whole = qrt(*command, QRT_HOME=str(tmp_path / "whole"))
    assert whole.code == 0, whole.err
    assert kill_at(qrt, "iteration.completed", 3, tmp_path / "log", *command).code == -9
    path.write_text("a,b\n")
    again = ("resume", the_run(qrt_home), "--json")
    assert kill_at(qrt, "execution.collected", 1, tmp_path / "log", *again).code == -9
    ended = qrt(*again)
    assert ended.code == 0, ended.err
    assert what_counts(ended.answer) == what_counts(whole.answer)
    assert sorted(node for side in ended.answer["sides"] for node in side) == [
        "Altstadt", "Kneiphof", "東京",
    ]  # fmt: skip
    checked(ended, qrt)
    assert qrt("verify").code == 0


def test_a_search_for_a_cut_says_what_it_found(qrt: Command) -> None:
    ran = qrt("qaoa", "--graph", "path:4", "--target", "local:sv", "--iterations", "2")
    assert ran.code == 0, ran.err
    for word in ("mitigated", "raw", "maximum", "best seen", "side 0", "side 1", "optimal", "cost"):
        assert f"\n  {word}" in ran.out
    run_id = ran.out.split("qrt show ")[1].strip()
    assert "best seen" in qrt("show", run_id[:8]).out
    assert qrt("quote", "qaoa", "--graph", "path:4", "--json").answer["flow"] == "qaoa"
