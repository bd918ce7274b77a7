"""A named file is a plain one, of limited size and of UTF-8 text; else it is refused at once."""

import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.devices.capabilities import import_capabilities
from datasets.devices.document import read_snapshot
from datasets.files.json_text import MAX_DEPTH, read_json
from datasets.files.reading import MAX_BYTES, read_bytes, read_text
from datasets.points.files import pin_points
from datasets.problems.catalogue import load
from datasets.problems.document import parse
from datasets.problems.graph_catalogue import load_graph
from datasets.problems.graph_document import parse_graph
from tasks.context.pins import Aside
from tasks.errors import BadInput
from tasks.program.circuit_files import listed
from tasks.requests.sweep import SweepRequest
from tasks.selection.request import Measuring, pieces_of
from tasks.workloads.sweep.inputs import inputs_of


def circuit(path: Path) -> None:
    inputs_of(SweepRequest(circuit=str(path)), keep=Aside(path.parent / "kept"))


READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "text": ("it.txt", lambda path: read_text(path, wanted="text")),
    "circuit": ("it.qasm", circuit),
    "batch": ("it.qasm", lambda path: listed([str(path)])),
    "list of circuits": ("it.csv", lambda path: listed([str(path)])),
    "selection": ("it.qasm", lambda path: pieces_of([str(path)], measuring=Measuring(100))),
    "points": ("it.csv", lambda p: pin_points(p, pinned=p.parent / "kept.parquet", most=10)),
    "rows": ("it.parquet", lambda p: pin_points(p, pinned=p.parent / "kept.parquet", most=10)),
    "problem": ("it.json", lambda path: load(str(path))),
    "graph": ("it.json", lambda path: load_graph(str(path))),
    "edges": ("it.csv", lambda path: load_graph(str(path))),
}


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> "Refused":
    """Return what makes a file, reads it and returns the refusal."""
    name, read = READERS[request.param]
    (tmp_path / "kept").mkdir()

    def refused(make: Callable[[Path], object]) -> str:
        path = tmp_path / name
        make(path)
        began = time.process_time()
        with pytest.raises(BadInput) as caught:
            read(path)
        assert time.process_time() - began < 30  # a hang takes minutes, on the slowest machine
        assert "\n" not in str(caught.value)
        return str(caught.value)

    return refused


Refused = Callable[[Callable[[Path], object]], str]


def test_a_pipe_is_refused_and_not_waited_for(reader: Refused) -> None:
    assert "is no plain file" in reader(os.mkfifo)


def test_a_device_is_refused(reader: Refused) -> None:
    assert "is no plain file" in reader(lambda path: path.symlink_to("/dev/zero"))


def test_a_socket_is_refused(reader: Refused) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()

        def listen(path: Path) -> None:
            os.chdir(path.parent)  # a socket's path is short
            server.bind(path.name)
            os.chdir(here)

        assert "cannot be read" in reader(listen)


def test_a_folder_is_refused(reader: Refused) -> None:
    assert reader(Path.mkdir)


def test_a_missing_file_is_refused(reader: Refused) -> None:
    assert reader(Path.absolute)


@pytest.mark.parametrize(
    "content",
    [
        b"", b" \n", b"\0" * 50, b"qubit q;\0", b"\xff\xfeq\0", "qubit[2] q;".encode("utf-16"),
        b"\xfe\xff\0q", b"a,b\n\xff,1\n", b"\xc3\x28", b"\xed\xa0\x80", b"a\0b\n1,2\n",
    ],
)  # fmt: skip
def test_what_is_no_utf_8_text_is_refused(content: bytes, reader: Refused) -> None:
    assert reader(lambda path: path.write_bytes(content))


@pytest.mark.parametrize("unit", [b"(", b"[", b'{"a":', b"a", b"9", b",", b" x", b"\r\n-", b'"'])
def test_a_megabyte_of_one_sign_is_refused_in_seconds(
    unit: bytes, reader: Refused, request: pytest.FixtureRequest
) -> None:
    if request.node.callspec.params["reader"] in {"text", "batch"}:
        return  # they do not look into it
    content = unit * (1_000_000 // len(unit))
    assert reader(lambda path: path.write_bytes(content))


def test_a_file_that_is_too_large_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "large.qasm"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(BadInput, match=r"larger than 32 MiB\. Give a circuit"):
        read_text(path, wanted="a circuit")
    assert len(read_bytes(path, wanted="a circuit", most=MAX_BYTES + 1)) == MAX_BYTES + 1


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "marked.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo")
    assert read_text(path) == "one\r\ntwo"


DEEP = [
    "[" * n + "]" * n for n in (MAX_DEPTH + 1, 500, 900, 100_000)
] + ["[" * 1_000_000, '{"a":' * 500 + "1" + "}" * 500]  # fmt: skip
JSON = {
    "a problem": lambda text: parse(text.encode(), origin="it.json"),
    "a graph": lambda text: parse_graph(text.encode(), origin="it.json"),
    "a snapshot": lambda text: read_snapshot(text, origin="it.json"),
    "a device": lambda text: import_capabilities(
        text, origin="it.json", name=None, published_at=None
    ),
}


@pytest.mark.parametrize("kind", JSON)
@pytest.mark.parametrize("text", DEEP, ids=len)
def test_json_that_nests_too_deep_is_refused(kind: str, text: str) -> None:
    with pytest.raises(BadInput, match=r"it\.json nests deeper than 100 levels"):
        JSON[kind](text)


def test_json_as_deep_as_it_may_be_is_read() -> None:
    assert read_json("[" * MAX_DEPTH + "]" * MAX_DEPTH, origin="it", wanted="")


def said(read: Callable[[str], object], text: str) -> str:
    """Return the refusal, or nothing."""
    try:
        read(text)
    except BadInput as error:
        return str(error)
    return ""


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
KEYS = st.sampled_from(
    ["n_qubits", "terms", "nodes", "edges", "links", "name", "source", "n_electrons", "weight"]
)


@pytest.mark.parametrize("kind", JSON)
@given(value=values | st.dictionaries(KEYS, values), whole=st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_read_or_refused_in_one_line(kind: str, value: object, whole: bool) -> None:
    text = json.dumps(value)
    assert "\n" not in said(JSON[kind], text if whole else text[: len(text) // 2])
