"""What came through a form may name files of the operator's folders alone."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.files.named import confine, input_folders, named_path
from datasets.problems.catalogue import load
from datasets.problems.graph_catalogue import load_graph
from tasks.context.pins import Aside
from tasks.errors import BadInput
from tasks.program.circuit_files import listed
from tasks.requests.sweep import SweepRequest
from tasks.workloads.sweep.inputs import inputs_of

RUN = "0b1f9a5e-1111-4222-8333-944445555666"
CIRCUIT = "OPENQASM 3.0; qubit[1] q; x q[0];"


@pytest.fixture(autouse=True)
def inputs(tmp_path: Path) -> Iterator[Path]:
    """Confine this process to a folder, and let it go again."""
    folder = tmp_path / "inputs"
    (folder / "sub").mkdir(parents=True)
    (folder / RUN).mkdir()
    for place in (folder, folder / "sub", folder / RUN, tmp_path):
        for name in ("a.qasm", "a.json", "a.csv"):
            (place / name).write_text(CIRCUIT)
    confine([folder])
    yield folder
    confine(None)


def refused(text: str) -> str:
    with pytest.raises(BadInput, match="QRT_INPUTS") as caught:
        named_path(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_of_an_allowed_folder_is_named_by_its_path_or_from_there(inputs: Path) -> None:
    for text in ("a.qasm", "sub/a.qasm", "sub/../a.qasm", str(inputs / "a.qasm")):
        assert named_path(text).is_file()
    assert named_path("absent.qasm") == inputs / "absent.qasm"  # whoever reads it says so


def test_all_else_is_refused(inputs: Path, tmp_path: Path) -> None:
    (inputs / "link.qasm").symlink_to(tmp_path / "a.qasm")
    (inputs / "folder").symlink_to(tmp_path)
    wrong = ["../a.qasm", str(tmp_path / "a.qasm"), "/etc/passwd", "/dev/stdin",
             "/proc/self/environ", "~/a.qasm", "link.qasm", "folder/a.qasm", f"{RUN}/a.qasm",
             f"sub/../{RUN}/a.qasm", f"{RUN.replace('-', '')}/a", str(inputs.parent)]  # fmt: skip
    for text in wrong:
        refused(text)


@given(parts=st.lists(st.sampled_from(["..", ".", "sub", "inputs", "a.qasm", "x", "", "~", RUN])))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_taken_lies_inside(parts: list[str], inputs: Path) -> None:
    try:
        found = named_path("/".join(parts))
    except BadInput:
        return
    assert found == inputs or inputs in found.parents
    assert inputs / RUN not in (found, *found.parents)


READERS: list[Callable[[Path], object]] = [
    lambda path: load(str(path.with_suffix(".json"))),
    lambda path: load_graph(str(path.with_suffix(".json"))),
    lambda path: load_graph(str(path.with_suffix(".csv"))),
    lambda path: resolve(f"emulator:{path.with_suffix('.json')}"),
    lambda path: listed([str(path)]),
    lambda path: listed([str(path.parent / "*.qasm")]),
    lambda path: listed([str(path.parent)]),
    lambda path: listed([str(path.with_suffix(".csv"))]),
    lambda path: asked(path, circuit=str(path)),
    lambda path: asked(path, points=[str(path.with_suffix(".csv"))]),
    lambda path: asked(path, observables=[str(path.with_suffix(".json"))]),
]


def asked(path: Path, **changed: object) -> object:
    wanted = SweepRequest.model_validate({"circuit": CIRCUIT, "shots": 1} | changed)
    return inputs_of(wanted, keep=Aside(path.parent / "kept"))


@pytest.mark.parametrize("read", READERS)
def test_everything_that_reads_a_named_file_is_confined(
    read: Callable[[Path], object], tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="QRT_INPUTS"):
        read(tmp_path / "a.qasm")


def test_a_list_of_circuits_leads_nowhere_else(inputs: Path, tmp_path: Path) -> None:
    (inputs / "list.csv").write_text(f"circuit\n{tmp_path / 'a.qasm'}\n")
    with pytest.raises(BadInput, match="QRT_INPUTS"):
        listed(["list.csv"])
    (inputs / "list.csv").write_text("circuit\nsub/a.qasm\n")
    assert [each.text for each in listed(["list.csv"])] == [CIRCUIT]
    (inputs / "link.qasm").symlink_to(tmp_path / "a.qasm")
    with pytest.raises(BadInput, match="QRT_INPUTS"):
        listed(["*.qasm"])


def test_text_needs_no_folder() -> None:
    assert listed([CIRCUIT])[0].text == CIRCUIT


def test_who_sits_at_the_machine_is_free(tmp_path: Path) -> None:
    confine(None)
    assert named_path(str(tmp_path / "a.qasm")).is_file()


def test_the_operator_names_folders(tmp_path: Path) -> None:
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    found = input_folders(tmp_path, {"QRT_INPUTS": os.pathsep.join((one, "", other))})
    assert found == (Path(one), Path(other))
    assert input_folders(tmp_path, {}) == input_folders(tmp_path, {"QRT_INPUTS": ""}) == (tmp_path,)
    with pytest.raises(BadInput, match="QRT_INPUTS"):
        input_folders(tmp_path, {"QRT_INPUTS": "relative"})
    with pytest.raises(BadInput, match="QRT_INPUTS"):
        input_folders(tmp_path, {"QRT_INPUTS": "~nobody-of-this-name/inputs"})
