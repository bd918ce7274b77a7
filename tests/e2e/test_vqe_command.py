"""The main job, as users start it."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Command, Ran

pytestmark = pytest.mark.e2e

KEYS = {
    "run_id", "energy", "stderr", "raw_energy", "exact_energy", "iterations", "executions", "shots",
    "cost_usd", "target", "calibration_id", "compiled_id", "lake", "report", "state", "wall_s",
    "points",
}  # fmt: skip
EXACT = -1.13727017466  # H2 at 0.7414 angstrom, STO-3G
CLOSE = 0.010  # hartree


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_the_ground_state_of_h2_is_found_on_an_emulated_garnet(seed: int, qrt: Command) -> None:
    ran = qrt(
        "vqe", "--problem", "h2", "--target", "emulator:garnet", "--seed", str(seed), "--json"
    )
    assert ran.code == 0, ran.err
    found = ran.answer
    assert set(found) >= KEYS
    assert ran.err == ""
    # The shots are enough for the tolerance: 2.5 standard errors fit into it.
    assert found["stderr"] * 2.5 < CLOSE
    assert abs(found["energy"] - EXACT) < CLOSE
    assert abs(found["energy"] - EXACT) < abs(found["raw_energy"] - EXACT)
    assert found["exact_energy"] == pytest.approx(EXACT, abs=1e-10)
    assert found["cost_usd"] <= found["quote_usd"]
    # Convergence, extrapolation, and the device with its qubits.
    assert Path(found["report"]).read_text().count("<svg") == 3


def of_energy(ran: Ran) -> dict[str, object]:
    """Return what the seed decides: everything but ids, times and places."""
    assert ran.code == 0, ran.err
    free = {"run_id", "wall_s", "lake", "report"}
    return {name: value for name, value in ran.answer.items() if name not in free}


def test_the_same_seed_gives_the_same_result_bit_for_bit(qrt: Command, tmp_path: Path) -> None:
    command = ("vqe", "--iterations", "3", "--final-shots", "3000", "--json", "--seed")
    first = of_energy(qrt(*command, "7"))
    elsewhere = {"QRT_HOME": str(tmp_path / "elsewhere"), "PYTHONHASHSEED": "99"}
    assert of_energy(qrt(*command, "7", fresh=True, **elsewhere)) == first
    assert of_energy(qrt(*command, "8"))["energy"] != first["energy"]


def test_a_run_tells_how_it_goes_and_what_it_found(qrt: Command) -> None:
    ran = qrt("vqe", "--iterations", "2", "--target", "local:sv", "--mitigate", "none")
    assert ran.code == 0, ran.err
    assert "iteration   1/2  -1." in ran.err
    assert " s left" in ran.err
    assert max(map(len, ran.out.splitlines())) <= 80 or "/" in ran.out
    for word in ("mitigated", "raw", "exact", "circuit", "qubits", "cost", "data", "report"):
        assert f"\n  {word}" in ran.out
    run_id = ran.out.split("qrt show ")[1].strip()

    assert run_id[:8] in qrt("runs").out
    assert qrt("runs", "--json").answer[0]["run_id"] == run_id
    assert "completed" in qrt("show", run_id[:8]).out
    report = Path(qrt("report", run_id[:8]).out.strip())
    assert report.read_text().startswith("<!doctype html>")
    assert qrt("verify").code == 0


def test_an_energy_can_be_traced_to_counts_qubits_calibration_and_price(qrt: Command) -> None:
    found = qrt("vqe", "--iterations", "2", "--final-shots", "5000", "--json").answer
    trace = (Path(__file__).parent.parent.parent / "README.md").read_text()
    sql = trace.split("```sql")[1].split("```")[0].replace("RUN_ID", found["run_id"])
    rows = qrt("query", sql, "--json").answer
    assert len(rows) == 15  # five bases at three noise scales
    assert sum(row["shots"] for row in rows) <= 5000
    for row in rows:
        assert row["energy"] == found["energy"]
        assert row["calibration_id"] == found["calibration_id"]
        assert row["usd_per_shot"] == 0.00145
        assert row["qubits"] == "q11 q16 q17 q20"
        assert 0.9 < row["worst_readout"] < 1


@pytest.mark.parametrize(
    ("options", "method"),
    [
        (("--optimizer", "rotosolve", "--mitigate", "zne"), "zne"),
        (("--optimizer", "l-bfgs-b", "--mitigate", "readout"), "readout"),
        (("--ansatz", "hea", "--optimizer", "cobyla", "--mitigate", "none"), "none"),
        (("--target", "emulator:forte-enterprise", "--shots", "2000"), "readout,zne"),
        (("--problem", "lih", "--target", "local:sv", "--mitigate", "none"), "none"),
    ],
)
def test_every_option_runs(options: tuple[str, ...], method: str, qrt: Command) -> None:
    ran = qrt("vqe", "--iterations", "2", "--final-shots", "4000", "--json", *options)
    assert ran.code == 0, ran.err
    assert ran.answer["method"] == method
