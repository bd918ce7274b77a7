"""A folder of circuits is taken whole: whatever its files' endings, all that is wrong at once."""

from pathlib import Path

import pytest

from tasks.errors import BadInput
from tasks.program.circuit_files import listed
from tasks.requests.batch import BatchRequest
from tasks.selection.request import Measuring, pieces_of
from tasks.workloads.batch.inputs import batch_inputs
from tests.tasks.execution.fake_target import pins_at

TEXT = "OPENQASM 3.0; qubit q; h q;"
NAMES = ("a.qasm", "b.QASM", "c.qasm3", "d.qasm2", "e.Qasm")


def test_every_ending_of_circuits_is_taken(tmp_path: Path) -> None:
    for name in (*NAMES, "f.txt", "g.qasm.bak"):
        (tmp_path / name).write_text(TEXT)
    assert [each.name for each in listed([str(tmp_path)])] == ["a", "b", "c", "d", "e"]
    assert len(pieces_of([str(tmp_path)], measuring=Measuring(100))) == len(NAMES)


@pytest.mark.parametrize("name", ["[x]", "what?", "a*b"])
def test_a_pattern_begins_where_its_folder_is_there_whatever_that_is_called(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / name / "more").mkdir(parents=True)
    (tmp_path / name / "more" / "a.qasm").write_text(TEXT)
    assert [each.name for each in listed([f"{tmp_path / name}/*/[a-c].qasm"])] == ["a"]


def test_all_that_cannot_be_read_is_named_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "circuits"
    folder.mkdir()
    for name, text in {"a": TEXT, "b": "qubit q; hh q;", "c": "qubit q; x q[", "d": TEXT}.items():
        (folder / f"{name}.qasm").write_text(text)
    asked = BatchRequest(circuits=[str(folder)], shots=10)
    with pytest.raises(BadInput) as caught:
        batch_inputs(asked, keep=pins_at(tmp_path / "kept"))
    told = str(caught.value)
    assert told.startswith("2 of 4 circuits cannot be taken. b.qasm, line 1")
    assert "c.qasm, line 1" in told
    with pytest.raises(BadInput, match=r"2 of 4 circuits.*b\.qasm.*c\.qasm"):
        pieces_of([str(folder)], measuring=Measuring(100))
