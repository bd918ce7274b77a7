"""The document says what is so."""

import re
from pathlib import Path

import pytest

from datasets.records.problems import Hamiltonian, PauliTerm
from tasks.core.estimation.observables import parse_observables
from tasks.core.sweeps.points_language import parse_points

DOCUMENT = (Path(__file__).parents[4] / "docs" / "circuits-and-points.md").read_text()
LISTED = re.findall(
    r"^    (\S.*?)   +\S", DOCUMENT.split("## Points")[1].split("## From Python")[0], re.MULTILINE
)


def test_the_python_in_it_runs() -> None:
    programs = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    (program,) = (text for text in programs if "read_circuit" in text)  # e2e runs the other one
    names: dict[str, object] = {}
    exec(program, names)  # noqa: S102 - our own document
    assert "circuit" in names


@pytest.mark.parametrize("text", [line for line in LISTED if re.search(r"=|points\.", line)])
def test_its_points_are_read(text: str) -> None:
    for each in text.split(", ") if "points." in text else [text]:
        assert parse_points([each])


@pytest.mark.parametrize("text", [line for line in LISTED if re.match(r"[\d.XYZh]", line)])
def test_its_observables_are_read(text: str) -> None:
    h2 = Hamiltonian(2, (PauliTerm("ZZ", 1.0),))
    n_qubits = 3 if text == "ZZI" else 4
    for each in text.split(", "):
        assert parse_observables([each], n_qubits=n_qubits, problem=lambda _: h2)


def test_both_lists_were_found() -> None:
    assert len(LISTED) == 14
