"""`qrt qaoa` refuses in one line what cannot be cut, measured or optimised; nothing is written."""

from pathlib import Path

import pytest

from deployments.cli.main import run
from deployments.cli.summary import cut_summary

FOUND = {
    "run_id": "a" * 36, "graph": "bridges", "target": "emulator:garnet", "nodes": 3, "edges": 2,
    "expected_cut": 2.5, "stderr": 0.01, "raw_expected_cut": 2.25, "raw_stderr": 0.02,
    "max_cut": 3.0, "approximation_ratio": 0.8333, "raw_approximation_ratio": 0.75,
    "samples": 1000, "best_cut": 3.0, "best_bitstring": "010", "best_frequency": 0.25,
    "sides": [["Kneiphof", "Vorstadt, south"], ["Lomse"]], "optimal_probability": 0.5,
    "method": "readout", "two_qubit_gates": 4, "depth": 9, "estimated_success": 0.9,
    "reason": "Qubits 1, 2, 3.", "cost_usd": 0.0, "shots": 1000, "lake": "lake", "report": "report",
}  # fmt: skip


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = run(["qaoa", *arguments])
    out, err = capsys.readouterr()
    assert code == 2, (out, err)
    assert out == ""
    assert err.count("\n") == 1, err
    return err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--graph", "star:4"), "Unknown graph 'star:4'. Choose one of: ring:8"),
        (("--graph", ""), "at least 1 character"),
        (("--graph", "regular:3:9"), "3 times 9 is odd"),
        (("--graph", "ring:100000"), "Give 3 to 64"),
        (("--graph", "absent.csv"), "There is no file absent.csv"),
        (("--graph", "ring:30"), "has 20 usable qubits; the circuit needs 30"),
        (("--graph", "ring:30", "--target", "local:sv"), "needs 30"),
        (("--graph", "ring:14"), "simulated here with up to 12 qubits"),
        (("--layers", "0"), "greater than or equal to 1"),
        (("--layers", "21"), "less than or equal to 20"),
        (("--optimizer", "adam"), "spsa, rotosolve, cobyla"),
        (("--mitigate", "pec"), "none, readout, zne"),
        (("--shots", "0"), "greater than or equal to 1"),
        (
            ("--mitigate", "zne", "--final-shots", "2"),
            "is too few: 3 circuits need at least 1 shot each",
        ),
        (("--target", "emulator:forte-enterprise", "--shots", "9"), "1 circuit needs at least 100"),
        (("--target", "auto:thrifty"), "policy"),
        (("--debias",), "--debias is for Braket devices"),
        (
            ("--graph", "complete:12", "--layers", "20", "--optimizer", "l-bfgs-b"),
            "would measure up to 3,471 points in an iteration of complete:12; at most 1,000",
        ),
    ],
)
def test_a_bad_option_is_refused(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str], qrt_home: Path
) -> None:
    assert said.lower() in refused(capsys, *options).lower()
    assert not qrt_home.exists()


@pytest.mark.parametrize("optimizer", ["rotosolve", "l-bfgs-b", "slsqp"])
def test_shifts_are_refused_where_weights_are_not_whole(
    optimizer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], qrt_home: Path
) -> None:
    path = tmp_path / "bridges.csv"
    path.write_text("Kneiphof,Altstadt,2\nKneiphof,Vorstadt,0.5\n")
    said = refused(capsys, "--graph", str(path), "--optimizer", optimizer)
    assert f"--optimizer {optimizer} needs whole weights; one of bridges is 0.5." in said
    assert "choose one of: spsa, cobyla, cobyqa, nelder-mead, powell" in said
    assert not qrt_home.exists()


def test_a_summary_has_80_columns_and_says_what_is_not_known() -> None:
    known = cut_summary(FOUND)
    assert max(map(len, known.splitlines())) <= 80
    assert '  side 0     Kneiphof, "Vorstadt, south"' in known
    assert "0.8333 of the maximum" in known
    unknown = dict.fromkeys(
        ("max_cut", "optimal_probability", "approximation_ratio", "raw_approximation_ratio")
    )
    said = cut_summary(FOUND | unknown)
    assert "  maximum    not known" in said
    assert "of the maximum" not in said
    assert "optimal" not in said
