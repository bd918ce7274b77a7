"""The import contracts catch the imports that the design forbids."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sizes import PACKAGES, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS: list[dict[str, Any]] = PROJECT["tool"]["importlinter"]["contracts"]

# The contract, and what breaks it.
VIOLATIONS = [
    ("layers", "blocks/__init__.py", "import flows.vqe"),
    ("layers", "blocks/__init__.py", "import tasks.stages.work"),
    ("layers", "tasks/report/html.py", "import tasks.stages.work"),
    ("layers", "tasks/run/closing.py", "import tasks.workloads.sweep.sweep"),
    ("layers", "tasks/execution/executions.py", "import tasks.program.experiment"),
    ("layers", "tasks/errors.py", "import tasks.stages.work"),
    ("data-layers", "datasets/records/runs.py", "import datasets.home"),
    ("data-layers", "datasets/records/runs.py", "import datasets.contracts.checking"),
    ("data-layers", "datasets/home.py", "import datasets.lake.lake"),
    ("data-layers", "datasets/extra.py", "import datasets.home"),
    ("lake-apart", "datasets/lake/encoding.py", "import datasets.journal.tables"),
    ("data-below-tasks", "datasets/lake/quarantine.py", "import tasks.core.physics.grouping"),
    ("core-knows-records", "tasks/core/physics/pauli.py", "import datasets.lake.conversion"),
    ("core-knows-records", "tasks/core/physics/pauli.py", "import datasets.lake.quarantine"),
    ("core-knows-records", "tasks/core/physics/pauli.py", "import datasets.contracts.frames"),
    ("errors-at-the-bottom", "tasks/errors.py", "import datasets.lake.schema.columns"),
    ("pure-core", "tasks/core/physics/pauli.py", "import pandas"),
    ("pure-core", "tasks/core/physics/pauli.py", "import matplotlib"),
    ("pure-core", "datasets/records/runs.py", "import pandas"),
    ("plain-records", "datasets/records/runs.py", "import scipy"),
    ("techniques-apart", "tasks/core/mitigation/zne.py", "import tasks.core.mitigation.readout"),
    ("cloud-in-backends", "tasks/stages/work.py", "import boto3"),
    ("flows-compose", "flows/vqe.py", "import duckdb"),
    ("flows-compose", "flows/vqe.py", "import pyarrow"),
    ("flows-compose", "flows/vqe.py", "import sqlalchemy"),
    ("flows-compose", "flows/vqe.py", "import great_expectations"),
    ("flows-compose", "flows/sweep.py", "import os"),
    ("flows-compose", "flows/sweep.py", "import threading"),
    ("flows-compose", "flows/sweep.py", "import tasks.context.runtime"),
    ("layers", "tasks/requests/run.py", "import tasks.program.experiment"),
    ("commands-above-backends", "deployments/cli/looking.py", "import tasks.backends.simulated"),
    ("prefect-free-rooms", "tasks/rows/rows.py", "import prefect"),
    ("workloads-apart", "tasks/workloads/batch/batch.py", "import tasks.workloads.sweep.sweep"),
    ("reports-read", "tasks/report/html.py", "import tasks.backends.simulated"),
    ("rooms-without-circles", "tasks/core/physics/pauli.py", "import tasks.core.sweeps.work"),
]


def identity(contract: str) -> str:
    """Return the contract's name in the report, which is wrapped: without white space."""
    (name,) = [each["name"] for each in CONTRACTS if each["id"] == contract]
    return "".join(name.split())


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of the packages in a folder."""
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [command, "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the packages and their contracts."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_name_every_room() -> None:
    (layers,) = [contract["layers"] for contract in CONTRACTS if contract["id"] == "layers"]
    named = {name for layer in layers for name in layer.split(" | ")}
    rooms = {f"tasks.{path.parent.name}" for path in (ROOT / "tasks").glob("*/__init__.py")}
    assert rooms <= named
    assert {path.name for path in (ROOT / "tasks").glob("*.py")} == {"__init__.py", "errors.py"}


def test_every_contract_has_a_line_that_breaks_it() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == {each["id"] for each in CONTRACTS}


@pytest.mark.slow
def test_an_untouched_copy_keeps_every_contract(copy: Path) -> None:
    ended = lint(copy)
    assert ended.returncode == 0, ended.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in ended.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("contract", "file", "line"), VIOLATIONS, ids=[f"{c}: {f}: {x}" for c, f, x in VIOLATIONS]
)
def test_a_line_that_the_design_forbids_breaks_its_contract(
    copy: Path, contract: str, file: str, line: str
) -> None:
    with (copy / file).open("a") as source:
        source.write(f"\n{line}\n")
    ended = lint(copy)
    assert ended.returncode == 1, ended.stderr
    assert f"{identity(contract)}BROKEN" in "".join(ended.stdout.split())
