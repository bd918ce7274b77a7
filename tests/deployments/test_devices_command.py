"""`qrt devices`: what it prints, what it writes, and what it refuses."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from datasets.devices import catalogue
from datasets.devices.document import write_snapshot
from deployments.cli.devices import app
from tasks.devices.candidates import targets_for
from tasks.errors import BadInput, StorageFault, UnknownName


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QRT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def duo(fidelity: object = 0.99) -> dict[str, Any]:
    """Return the document of an invented device with two qubits and a third that is faulty."""
    one = [{"fidelityType": {"name": "RANDOMIZED_BENCHMARKING"}, "fidelity": 0.999}]
    read = [{"fidelityType": {"name": "READOUT"}, "fidelity": 0.97}]
    gate = {"gateName": "CZ", "fidelityType": {"name": "RB"}, "fidelity": fidelity}
    bad = gate | {"fidelity": 0.5, "standardError": 1.0}
    return {
        "braketSchemaHeader": {"name": "braket.device_schema.iqm.iqm_device_capabilities"},
        "service": {
            "executionWindows": [],
            "shotsRange": [1, 1000],
            "deviceCost": {"price": 0.001, "unit": "shot"},
            "updatedAt": "2026-01-02T03:04:05+00:00",
        },
        "paradigm": {
            "qubitCount": 3,
            "nativeGateSet": ["cz", "prx"],
            "connectivity": {"connectivityGraph": {"1": ["2"], "2": ["3"]}},
        },
        "standardized": {
            "oneQubitProperties": {str(q): {"oneQubitFidelity": one + read} for q in (1, 2, 3)},
            "twoQubitProperties": {
                "1-2": {"twoQubitGateFidelity": [gate]},
                "2-3": {"twoQubitGateFidelity": [bad]},
            },
        },
    }


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "raw.json"
    path.write_text(json.dumps(duo()))
    return path


def test_the_list_names_every_target_in_eighty_columns() -> None:
    lines = run().stdout.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    first_words = [line.split(" ")[0] for line in lines]
    assert [word for word in first_words if ":" in word] == list(catalogue.names())


def test_the_list_in_json_holds_the_facts_to_choose_by() -> None:
    rows = {row["target"]: row for row in json.loads(run("--json").stdout)}
    assert tuple(rows) == catalogue.names()
    garnet = rows["emulator:garnet"]
    assert (garnet["qubits"], garnet["pairs"]) == (20, 30)
    assert (garnet["usd_per_1000_shots"], garnet["usd_per_task"]) == (1.45, 0.3)
    assert 0.003 < garnet["median_two_qubit_error"] < 0.006
    assert datetime.fromisoformat(garnet["published_at"]) < datetime(2026, 6, 1, tzinfo=UTC)


def test_prices_in_the_list_are_those_of_a_task_of_a_thousand_shots() -> None:
    line = next(line for line in run().stdout.splitlines() if "forte" in line)
    assert "80.300" in line


@pytest.mark.parametrize("name", ["garnet", "emulator:garnet"])
def test_a_device_is_shown_with_each_qubit_and_pair(name: str) -> None:
    shown = run("show", name).stdout
    assert "0.99931" in shown
    assert "19-20" in shown
    assert "1 t2_s (sentinel): a time of 0 marks a failed measurement: q12" in shown


def test_a_uniform_device_is_shown_in_one_line_each() -> None:
    assert len(run("show", "forte-enterprise").stdout.splitlines()) < 20


def test_a_device_in_json_has_its_figures_and_what_was_dropped() -> None:
    shown = json.loads(run("show", "cepheus", "--json").stdout)
    assert len(shown["qubit_figures"]) == shown["qubits"] == 103
    assert len(shown["pair_figures"]) == shown["pairs"] == 165
    assert {entry["flag"] for entry in shown["dropped"]} == {"sentinel", "missing"}


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(UnknownName):
        run("show", "aria")


def test_import_makes_a_target_of_the_home(document: Path, home: Path) -> None:
    said = run("import", document, "--name", "My Duo").stdout
    assert said.splitlines()[-1] == "Use it as emulator:my-duo@2026-01-02"
    assert catalogue.resolve("emulator:my-duo", home / "devices").n_qubits == 2
    listed = {entry["target"] for entry in json.loads(run("--json").stdout)}
    assert "emulator:my-duo" in listed
    assert json.loads(run("show", "my-duo", "--json").stdout)["name"] == "My Duo"
    assert "emulator:my-duo" in targets_for()
    assert "1 cz_fidelity (sentinel): a standard error of 1 marks an uncalibrated" in said
    assert "(isolated): no usable pair joins its qubit to another: q3" in said


def test_an_imported_calibration_is_the_device_s_newest(home: Path) -> None:
    bundled = catalogue.resolve("emulator:garnet")
    newer = replace(bundled, published_at=bundled.published_at + timedelta(days=30))
    (home / "devices").mkdir(parents=True)
    (home / "devices" / "garnet@2026-06-04.json").write_text(write_snapshot(newer))
    devices = home / "devices"
    assert catalogue.resolve("emulator:garnet", devices).published_at == newer.published_at
    assert catalogue.resolve("emulator:garnet@2026-05-05", devices) == bundled
    assert "emulator:garnet@2026-05-05" in catalogue.names(devices)


def test_a_damaged_import_is_told_and_hides_nothing_else(document: Path, home: Path) -> None:
    run("import", document, "--name", "duo")
    (home / "devices" / "ruin@2026-01-02.json").write_text("{}")
    said = run().stdout
    assert "emulator:duo" in said
    assert "ruin@2026-01-02.json is not a device snapshot" in said
    assert "emulator:ruin" not in targets_for()
    with pytest.raises(BadInput, match="not a device snapshot"):
        run("show", "ruin")


def test_import_again_is_fine_and_a_different_file_is_kept(document: Path, home: Path) -> None:
    run("import", document, "--name", "duo")
    file = home / "devices" / "duo@2026-01-02.json"
    written = file.read_bytes()
    run("import", document, "--name", "duo")
    document.write_text(json.dumps(duo(0.98)))
    with pytest.raises(BadInput, match=r"exists and differs\. Use --force"):
        run("import", document, "--name", "duo")
    assert file.read_bytes() == written
    run("import", document, "--name", "duo", "--force")
    assert file.read_bytes() != written
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_import_writes_where_it_is_told(document: Path) -> None:
    folder = document.parent / "there"
    folder.mkdir()
    facts = json.loads(run("import", document, "--name", "duo", "--out", folder, "--json").stdout)
    assert facts["file"] == str(folder / "duo@2026-01-02.json")
    assert catalogue.resolve(facts["target"]).calibration_id == facts["calibration_id"]
    run("import", document, "--name", "duo", "--out", folder / "mine.json")
    assert (folder / "mine.json").exists()


def test_import_takes_the_date_when_the_document_has_none(document: Path, home: Path) -> None:
    undated = duo()
    del undated["service"]["updatedAt"]
    document.write_text(json.dumps(undated))
    run("import", document, "--name", "duo", "--published", "2025-12-24")
    assert (home / "devices" / "duo@2025-12-24.json").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--name", "duo", "--published", "soon"], "is not a date"),
        (["--name", "duo", "--published", "2077-01-01"], "is of 2077-01-01, and today is"),
        (["--name", "duo", "--out", "nowhere"], "There is no folder nowhere"),
        (["--name", "duo", "--out", "nowhere/duo.json"], "There is no folder nowhere"),
        ([], "--name NAME"),
    ],
)
def test_import_refuses_what_it_cannot_do(document: Path, arguments: list[str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        run("import", document, *arguments)
    assert [path.name for path in document.parent.iterdir()] == ["raw.json"]


def test_a_file_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        run("import", "no-such-file.json")


def test_a_disk_that_refuses_leaves_nothing_behind(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("datasets.files.writing.os.fsync", full)
    with pytest.raises(StorageFault, match="No space left on device"):
        run("import", document, "--name", "duo", "--out", document.parent)
    assert [path.name for path in document.parent.iterdir()] == ["raw.json"]


def test_the_command_imports_nothing_heavy() -> None:
    program = (
        "import sys; import deployments.cli.devices; "
        "print(*{'numpy', 'braket', 'qiskit', 'prefect', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b""
