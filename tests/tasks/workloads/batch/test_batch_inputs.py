"""A batch's circuits are found in order, named apart, and kept as they were."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import BadInput
from tasks.program.circuit_files import MAX_CIRCUITS, listed
from tasks.requests.batch import BatchRequest
from tasks.workloads.batch.inputs import BatchInputs, batch_inputs
from tests.tasks.execution.fake_target import pins_at

BELL = "OPENQASM 3.0;\nqubit[2] q;\nh q[0];\ncnot q[0], q[1];\n"
ROTATED = "OPENQASM 3.0;\ninput float theta;\nqubit[1] q;\nrx(theta) q[0];\n"


def asked(*circuits: str, **options: Any) -> BatchRequest:
    return BatchRequest.model_validate({"circuits": list(circuits), "shots": 100} | options)


def read(folder: Path, *circuits: str, **options: Any) -> BatchInputs:
    return batch_inputs(asked(*circuits, **options), keep=pins_at(folder))


def names(inputs: BatchInputs) -> list[str]:
    return [circuit.name for circuit in inputs.circuits]


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Return a folder of three circuits, and of a file that is none."""
    folder = tmp_path / "circuits"
    folder.mkdir()
    for name in ("b", "a", "größe 2"):
        (folder / f"{name}.qasm").write_text(BELL, "utf-8")
    (folder / "notes.txt").write_text("no circuit")
    return folder


def test_a_folder_and_a_pattern_give_their_circuits_in_the_order_of_names(
    three: Path, tmp_path: Path
) -> None:
    assert names(read(tmp_path / "1", str(three))) == ["a", "b", "größe 2"]
    assert names(read(tmp_path / "2", f"{three}/[ab].qasm")) == ["a", "b"]
    assert names(read(tmp_path / "3", f"{three}/b.qasm", f"{three}/a.qasm")) == ["b", "a"]


def test_a_list_says_what_is_measured_of_each_circuit(three: Path, tmp_path: Path) -> None:
    rows = "circuit,shots,observables,name\na.qasm,50,X0*X1; Z0,first\nb.qasm,,,\n"
    (three / "all.csv").write_text(rows)
    first, second = read(tmp_path, str(three / "all.csv"), observables=["Z0*Z1"]).circuits
    assert (first.name, first.shots, [o.name for o in first.observables]) == (
        "first",
        50,
        ["X0*X1", "Z0"],
    )
    assert (second.name, second.shots, [o.name for o in second.observables]) == (
        "b",
        100,
        ["Z0*Z1"],
    )
    assert first.bases == ("XX", "ZI")


@given(
    st.lists(st.sampled_from([BELL, BELL.replace("h q", "x q"), BELL + "z q[0];\n"]), min_size=1)
)
def test_every_entry_is_measured_as_often_as_it_is_given_under_a_name_of_its_own(
    texts: list[str],
) -> None:
    found = listed(texts)
    assert [each.text for each in found] == texts
    assert len({each.name for each in found}) == len(texts)


def test_a_run_that_goes_on_never_reads_a_file_that_has_changed(
    three: Path, tmp_path: Path
) -> None:
    before = read(tmp_path, str(three))
    (three / "a.qasm").write_text(BELL + "x q[0];\n")
    (three / "c.qasm").write_text(BELL)
    (three / "b.qasm").unlink()
    assert read(tmp_path, str(three)) == before


def test_the_same_program_has_the_same_id_wherever_it_stands(tmp_path: Path) -> None:
    first, second = read(tmp_path, BELL, BELL.replace("q[", "r[").replace(" q;", " r;")).circuits
    assert first.program.program_id == second.program.program_id
    assert (first.name, second.name) == ("circuit", "circuit-2")


@pytest.mark.parametrize(
    ("circuits", "options", "said"),
    [
        ((), {}, "There is no circuit"),
        ((" ",), {}, "A circuit is empty"),
        (("absent.qasm",), {}, "absent.qasm cannot be read"),
        (("h" * 5000,), {}, "File name too long"),
        (("~nobody-has-this-name/a.qasm",), {}, "is not a path"),
        (("qubit[2] q;\nnonsense q[0];\n",), {}, "circuit.qasm"),
        ((BELL, "h\n"), {}, "circuit-2.qasm"),
        ((BELL, ROTATED), {}, "circuit-2 has the free parameter theta; .* use `qrt sweep`"),
        ((BELL, "qubit[1] q;\nh q[0];\n"), {"observables": ["Z1"]}, "Circuit circuit-2: Z1"),
        ((BELL,), {"observables": ["nan*Z0"]}, "Circuit circuit: "),
        ((BELL,), {"mitigate": "zne"}, "Unknown mitigation of a batch 'zne'"),
        (("qubit[1] q;\nrx(1/0) q[0];\n",), {}, "circuit.qasm, line 2"),
        ((BELL,) * (MAX_CIRCUITS + 1), {}, "10,001 circuits; at most 10,000"),
    ],
)
def test_what_is_no_batch_is_refused_in_one_line(
    circuits: tuple[str, ...], options: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        read(tmp_path, *circuits, **options)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,shots\nx,1\n", "no column circuit"),
        ("circuit,qubits\na.qasm,1\n", "a column 'qubits'"),
        ("circuit,shots\na.qasm,many\n", "line 2: shots 'many'"),
        ("circuit,shots\na.qasm,0\n", "line 2: shots '0'"),
        ("circuit,shots\na.qasm,10000001\n", "Give 1 to 10,000,000"),
        (f"circuit,shots\na.qasm,{'9' * 5000}\n", "Give 1 to 10,000,000"),
        ('circuit,name\na.qasm,"x\ny"\n', r"the name 'x\\ny' is not one line"),
        (f"circuit,name\na.qasm,{'n' * 101}\n", "at most 100 characters"),
        ("circuit\n~nobody-has-this-name/a.qasm\n", "~nobody-has-this-name/a.qasm cannot be read"),
        ("circuit,shots\na.qasm\n", "line 2: it has not as many cells"),
        ("circuit\na.qasm,b\n", "line 2: it has not as many cells"),
        ("circuit,shots\n,5\n", "line 2: there is no circuit"),
        ("circuit\n", "There is no circuit"),
        ("circuit\nabsent.qasm\n", "absent.qasm cannot be read"),
        ('circuit\n"a.qasm\n', "all.csv cannot be read as CSV"),
    ],
)
def test_a_list_that_cannot_be_read_says_where(text: str, said: str, three: Path) -> None:
    (three / "all.csv").write_text(text)
    with pytest.raises(BadInput, match=said):
        listed([str(three / "all.csv")])


def test_a_folder_without_circuits_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.qasm").write_text("")
    (tmp_path / "none").mkdir()
    for entry, said in (("none", "no files that end in .qasm"), ("empty.qasm", "is empty")):
        with pytest.raises(BadInput, match=said):
            listed([str(tmp_path / entry)])
    with pytest.raises(BadInput, match="no files that end in"):
        listed([f"{tmp_path}/*.nothing"])
