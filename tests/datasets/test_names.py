"""No name from outside leaves its folder, makes a file, or is answered with more than a line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from datasets.devices.catalogue import resolve
from datasets.home import Home
from datasets.journal.file_claims import FileClaims
from datasets.journal.journal import Journal
from datasets.points.files import pin_points
from datasets.problems.catalogue import load
from datasets.problems.graph_catalogue import load_graph
from datasets.records import names
from datasets.records.executions import RunId
from tasks.backends.simulated import SimulatedBackend
from tasks.core.sweeps.points_language import parse_points
from tasks.errors import BadInput
from tasks.program.circuit_files import listed
from tasks.requests.sweep import SweepRequest

LONGEST_LINE = 1200  # of a refusal, with what there is instead
HOSTILE = [
    "",
    ".",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "/",
    "a/b",
    "a\\b",
    "~root",
    "\0",
    "a\0b",
    "a\nb",
    "a\x1b[31mb",
    "\u202egnp.exe",
    "\ud800",
    "con:",
    "x" * 5000,
    "../" * 2000,
    "%2e%2e%2f",
    "0b9d0f5e-6a3e-4e0f-9a55-0d4c5f6f8a11/..",
    "0B9D0F5E-6A3E-4E0F-9A55-0D4C5F6F8A11",
    "0b9d0f5e-6a3e-4e0f-9a55-0d4c5f6f8a11\n",
    "'; DROP TABLE runs; --",
]
NAMES = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=120), st.text("./\\~\0a0", max_size=40)
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def journal(place: Path) -> Iterator[Journal]:
    made = Journal.open(place / "journal.db")
    yield made
    made.close()


def in_one_line(call: Callable[[], Any]) -> bool:
    """Whether the name was taken; a refusal is ours, and one line that a terminal can show."""
    try:
        call()
    except BadInput as fault:
        text = str(fault)
        assert text.isprintable(), text
        assert len(text) <= LONGEST_LINE, text
        return False
    return True


@given(st.uuids())
def test_a_run_s_id_is_a_uuid_and_a_beginning_of_it_is_enough(uuid: UUID) -> None:
    assert names.run_id(str(uuid)) == str(uuid)
    assert names.run_id(uuid.hex) == uuid.hex
    assert names.run_beginning(str(uuid)[:8]) == str(uuid)[:8]
    assert names.file_part(str(uuid)) == str(uuid)


@given(NAMES)
def test_no_name_leaves_the_folder_that_it_is_for(name: str) -> None:
    home = Home(Path("/home/of/runs"))
    for made in (home.inputs_of, home.report_of):
        if in_one_line(lambda made=made: made(RunId(name))):
            assert made(RunId(name)).resolve().parent in {home.inputs, home.reports}
    claims = FileClaims(home.claims)
    if in_one_line(lambda: claims._path(RunId(name))):  # noqa: SLF001 - where it would lock
        assert claims._path(RunId(name)).resolve().parent == home.claims  # noqa: SLF001


@given(name=NAMES)
def test_a_run_that_is_no_id_is_refused_before_anything_is_asked(
    name: str, journal: Journal
) -> None:
    assert not in_one_line(lambda: journal.run(name))
    assert names.RUN_ID.fullmatch(name) or not in_one_line(lambda: names.run_id(name))


@pytest.mark.parametrize("what", [load, load_graph, resolve, parse_points])
@given(name=NAMES)
def test_what_a_name_may_not_name_is_refused_in_one_line(
    what: Callable[[Any], Any], name: str
) -> None:
    in_one_line(lambda: what([name] if what is parse_points else name))


@given(NAMES)
def test_files_that_cannot_be_are_refused_in_one_line(name: str) -> None:
    in_one_line(lambda: pin_points(Path(name), pinned=Path("/nowhere/points"), most=10))
    in_one_line(lambda: listed([name]))


@pytest.mark.parametrize("field", ["tenant", "policy", "account"])
@given(name=NAMES)
def test_labels_can_be_a_part_of_a_url(field: str, name: str) -> None:
    try:
        made = SweepRequest(**{field: name})
    except ValidationError:
        return
    found = getattr(made, field)
    assert found == name
    assert len(found) <= names.LABEL_LENGTH
    assert not set(found) & set("/\\%?#\0\n")
    assert not found.startswith(".")


@given(NAMES)
def test_the_spool_keeps_to_itself(name: str) -> None:
    spool = Path("/home/of/runs/spool")
    backend = SimulatedBackend(resolve("local:sv"), spool)
    if in_one_line(lambda: backend._file(name)):  # noqa: SLF001 - where it would read
        assert backend._file(name).resolve().parent == spool  # noqa: SLF001
