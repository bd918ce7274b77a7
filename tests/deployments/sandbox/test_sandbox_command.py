"""What `qrt sandbox` is told wrongly, it says in one line."""

import re
from pathlib import Path

import pytest
import typer

from deployments.cli.sandbox import sandbox
from deployments.sandbox.fault_model import Fault, Kind
from tasks.errors import BadInput

DOCUMENT = Path(__file__).parents[3] / "docs" / "sandbox.md"


def invoke(*arguments: str) -> None:
    app = typer.Typer()
    app.command()(sandbox)
    app(arguments, standalone_mode=False)


def test_a_file_of_faults_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.json cannot be read"):
        invoke("--faults", str(tmp_path / "none.json"), "--folder", str(tmp_path))


def test_a_file_of_faults_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text('[{"kind": "meteor"}]')
    with pytest.raises(BadInput, match=r"faults\.json is not a list of faults: 0\.kind"):
        invoke("--faults", str(path), "--folder", str(tmp_path))


def test_every_fault_and_its_fields_are_documented() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    words = set(re.findall(r"`(\w+)`", text))
    assert {kind.value for kind in Kind} | set(Fault.model_fields) <= words
