"""Bad input gets one line that says what, the limit and what to do; exit 2; nothing is written."""

import json
import os
from pathlib import Path

import pytest

from deployments.cli.main import run

H2 = {"n_qubits": 2, "n_electrons": 2, "terms": [["Z0", 0.5], ["X0 X1", 0.2]]}


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must be refused and return its one line."""
    code = run(list(arguments))
    out, err = capsys.readouterr()
    assert code == 2, (out, err)
    assert out == ""
    assert err.endswith("\n")
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--problem", "helium"), "h2"),
        (("--problem", "./absent.json"), "absent.json"),
        (("--problem", ""), "problem"),
        (("--target", "emulator:willow"), "emulator:garnet"),
        (("--target", "local:sv2"), "local:sv"),
        (("--target", ""), "local:sv"),
        (("--target", "braket:garnet"), "Write braket:ARN"),
        (("--target", "emulator:./absent.json"), "absent.json"),
        (("--ansatz", "ucsd"), "'uccsd' or 'hea'"),
        (("--optimizer", "adam"), "spsa, rotosolve, cobyla"),
        (("--mitigate", "pec"), "none, readout, zne"),
        (("--mitigate", ""), "none, readout, zne"),
        (("--shots", "0"), "greater than or equal to 1"),
        (("--shots", "-5"), "greater than or equal to 1"),
        (("--shots", "many"), "'--shots'"),
        (("--shots", "1.5"), "'--shots'"),
        (("--shots", "99999999999999999999999"), "less than or equal to 100000000"),
        (("--shots", "4"), "--shots 4 is too few: 5 circuits"),
        (("--final-shots", "10"), "--final-shots 10 is too few: 15 circuits"),
        (
            ("--target", "emulator:cepheus", "--readout-shots", "9"),
            "--readout-shots 9 is too few: 1 circuit needs at least 10 shots",
        ),
        (
            ("--target", "emulator:forte-enterprise", "--shots", "400"),
            "circuits need at least 100",
        ),
        (("--iterations", "0"), "greater than or equal to 1"),
        (("--layers", "21"), "less than or equal to 20"),
        (("--seed", "-1"), "greater than or equal to 0"),
        (("--tenant", ""), "cannot name a tenant"),
        (("--tag", "team"), "is not KEY=VALUE"),
        (("--tag", "=chemistry"), "is not KEY=VALUE"),
        (("--tag", "a=b", "--tag", "a=c"), "--tag 'a' comes twice"),
        (("--tag", "a=b"), "--tag is for Braket devices"),
        (("--device-parameters", "{"), "--device-parameters is not JSON"),
        (("--device-parameters", "[1]"), "Write a JSON object"),
        (("--device-parameters", '{"a": NaN}'), "NaN is no number in JSON"),
        (
            ("--device-parameters", '{"a":' * 100_000),
            "nests deeper than 100 levels",
        ),
        (("--device-parameters", '{"a": 1}'), "--device-parameters is for Braket devices"),
        (("--debias",), "--debias is for Braket devices"),
        (("--debias", "--target", "braket:garnet"), "Write braket:ARN"),
        (("--reservation", "mine"), "--reservation is for Braket devices"),
        (("--bogus",), "No such option"),
        (("--shots",), "requires an argument"),
        (("extra",), "unexpected extra argument"),
    ],
)
@pytest.mark.usefixtures("qrt_home")
def test_a_bad_option_is_refused(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str], qrt_home: Path
) -> None:
    assert said.lower() in refused(capsys, "vqe", *options).lower()
    assert not qrt_home.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--target", "local:sv", "--target", "local:sv"), "local:sv is given twice. Give each"),
        (("--target", "local:sv", "--target", "mars"), "Unknown target 'mars'"),
        (("--target", "local:sv", "--target", ""), "Unknown target ''"),
        (
            ("--target", "local:sv", "--target", "emulator:forte-enterprise", "--shots", "9"),
            "--shots 9 is too few: emulator:forte-enterprise takes at least",
        ),
        (("--debias",), "--debias is for Braket devices"),
        (("--tag", "a=b"), "--tag is for Braket devices"),
        (("--device-parameters", "["), "--device-parameters is not JSON"),
        (("--reservation", "mine"), "--reservation is for Braket devices"),
        (("--readout-shots", "0"), "greater than or equal to 1"),
    ],
)
def test_a_bad_option_of_a_sweep_is_refused(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str], qrt_home: Path
) -> None:
    circuit = "OPENQASM 3.0; qubit[2] q; h q;"
    assert said.lower() in refused(capsys, "sweep", "--circuit", circuit, *options).lower()
    assert not qrt_home.exists()


@pytest.mark.parametrize(
    ("angle", "points", "where"),
    [
        ("sqrt(theta)", "theta=1:-1:5", "theta=-0.5"),
        ("1/theta", "theta=0,1", "theta=0.0"),
        ("log(theta - 1)", "theta=1:2:200000", "theta=1.0"),
    ],
)
def test_points_at_which_an_angle_is_no_number_are_refused_before_anything_runs(
    angle: str, points: str, where: str, capsys: pytest.CaptureFixture[str], qrt_home: Path
) -> None:
    circuit = f"OPENQASM 3.0; input float theta; qubit q; ry({angle}) q;"
    line = refused(capsys, "sweep", "--circuit", circuit, "--points", points)
    assert f"An angle of the circuit is not a finite number at {where}. Leave it out." in line
    assert not qrt_home.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"terms": [["Z0", 0.5], ["W1", 0.2]]}, "W"),
        ({"terms": [["ZZZ", 0.5]]}, "ZZZ"),
        ({"terms": [["Z7", 0.5]]}, "Z7"),
        ({"terms": [["Z0", float("nan")]]}, "NaN"),
        ({"terms": [["Z0", [0.5, 0.1]]]}, "complex"),
        ({"terms": [["Z0", "0.5+1j"]]}, "0.5+1j"),
        ({"terms": []}, "terms"),
        ({"n_qubits": 0}, "n_qubits"),
        ({"n_electrons": 5}, "n_electrons"),
        ({"n_qubits": "two"}, "n_qubits"),
    ],
)
@pytest.mark.usefixtures("qrt_home")
def test_a_malformed_hamiltonian_is_refused(
    change: dict[str, object], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(H2 | change))
    line = refused(capsys, "vqe", "--problem", str(path))
    assert said.lower() in line.lower()
    assert "problem.json" in line


def test_a_circuit_larger_than_the_device_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], qrt_home: Path
) -> None:
    path = tmp_path / "wide.json"
    path.write_text(json.dumps({"n_qubits": 22, "terms": [["Z0", 1.0], ["Z21", 1.0]]}))
    line = refused(capsys, "vqe", "--problem", str(path), "--ansatz", "hea")
    assert "20 usable qubits; the circuit needs 22. Choose a larger device." in line
    assert not qrt_home.exists()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"format": 99}', b"\xff\xfe", b"null", b'"text"']
)
@pytest.mark.usefixtures("qrt_home")
def test_a_corrupt_snapshot_is_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "device.json"
    path.write_bytes(content)
    assert "device.json" in refused(capsys, "vqe", "--target", f"emulator:{path}")


def test_a_home_that_is_a_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home").write_text("not a folder")
    monkeypatch.setenv("QRT_HOME", str(tmp_path / "home"))
    for command in (["vqe"], ["runs"], ["resume", "x"]):
        line = refused(capsys, *command)
        assert "cannot be written: Not a directory. Set QRT_HOME" in line or "File exists" in line
    assert (tmp_path / "home").read_text() == "not a folder"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_without_rights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home").mkdir(mode=0o500)
    monkeypatch.setenv("QRT_HOME", str(tmp_path / "home"))
    assert "Permission denied. Set QRT_HOME" in refused(capsys, "vqe")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("show", "nothing"), "'nothing' is neither a run's id"),
        (("resume", "abc"), "none yet"),
        (("report", ""), "Unknown run"),
        (("query", "select * from nothing"), "nothing"),
        (("query", "selec 1"), "selec"),
        (("query", ""), "SELECT"),
        (("query", "drop view counts"), "SELECT"),
        (("query", "copy counts to '/tmp/x.csv'"), "SELECT"),
        (("runs", "--limit", "0"), "--limit"),
        (("nonsense",), "No such command"),
        (("devices", "show", "nothing"), "emulator:garnet"),
        (("devices", "import", "absent.json"), "absent.json"),
    ],
)
@pytest.mark.usefixtures("qrt_home")
def test_other_commands_refuse_in_one_line_too(
    command: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said.lower() in refused(capsys, *command).lower()
