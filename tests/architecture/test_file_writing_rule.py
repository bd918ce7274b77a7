"""Files are written by `datasets.files.writing` alone, so that each is whole and private."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sizes import PACKAGES, ROOT

WRITER = "datasets/files/writing.py"
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]

EXCUSED = {
    "deployments/cli/streams.py:os.open": "opens the null device",
    "datasets/files/home_rights.py:chmod": "takes rights away from what is there",
    "datasets/lake/stores.py:open_output_stream": "a put into an object store is whole by itself",
}

# Methods that make, change, rename or open for writing, of paths and of libraries.
_METHODS = {
    "write_text", "write_bytes", "mkdir", "makedirs", "rename", "renames", "link",
    "hardlink_to", "symlink_to", "symlink", "chmod", "mkfifo", "mknod", "copyfile", "copy2",
    "copytree", "to_csv", "to_parquet", "to_json", "to_pickle", "tofile", "savez",
    "NamedTemporaryFile", "mkstemp", "open_output_stream",
}  # fmt: skip
_TABLES = {"write_table", "write_csv", "write_feather"}
_WRITABLE = set("wax+")


def writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each call that writes a file by itself, by line: what it calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (called := _called(node)):
            yield node.lineno, called


def _called(call: ast.Call) -> str | None:
    match call.func:
        case ast.Attribute(attr=name) if name in _METHODS:
            return name
        case ast.Attribute(attr="touch") if not call.args:
            return "touch"
        case ast.Attribute(value=owner, attr="replace") if _renames(call, owner):
            return "replace"
        case ast.Attribute(value=ast.Name(id="os"), attr="open") if not _only_reads(call):
            return "os.open"
        case ast.Attribute(attr="open") | ast.Name(id="open") if _is_writable(call):
            return "open"
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if name in _TABLES:
            return name if not _into_a_stream(call) else None
    return None


def _renames(call: ast.Call, owner: ast.expr) -> bool:
    """Whether `replace` is that of a path, with one argument, or of `os`; text has two."""
    named = isinstance(owner, ast.Name) and owner.id == "os"
    return named or (len(call.args) == 1 and not call.keywords)


def _is_writable(call: ast.Call) -> bool:
    texts = [*call.args, *(each.value for each in call.keywords if each.arg == "mode")]
    return any(
        isinstance(text, ast.Constant)
        and isinstance(text.value, str)
        and len(text.value) <= 3
        and bool(set(text.value) & _WRITABLE)
        for text in texts
    )


def _only_reads(call: ast.Call) -> bool:
    return "O_RDONLY" in ast.unparse(call)


def _into_a_stream(call: ast.Call) -> bool:
    """Whether a table goes into an open stream, or through a writer that was given one."""
    return len(call.args) < 2 or "stream" in ast.unparse(call.args[1])


def places(path: Path) -> list[str]:
    """Return what a file calls that writes, as `file:call`."""
    name = path.relative_to(ROOT).as_posix()
    return [f"{name}:{called}" for _, called in writes(ast.parse(path.read_text()))]


def test_nobody_but_the_writer_writes_a_file() -> None:
    found = {place for path in SOURCES for place in places(path)}
    found = {place for place in found if not place.startswith(f"{WRITER}:")}
    assert sorted(found - EXCUSED.keys()) == []


def test_every_excuse_is_needed() -> None:
    found = {place for path in SOURCES for place in places(path)}
    assert sorted(EXCUSED.keys() - found) == []


@pytest.mark.parametrize(
    "text",
    [
        "path.write_text('x')",
        "path.write_bytes(b'x')",
        "open(path, 'w')",
        "open(path, mode='ab')",
        "path.open('w')",
        "path.open('a+')",
        "gzip.open(path, 'wt')",
        "os.open(path, os.O_WRONLY)",
        "os.replace(a, b)",
        "aside.replace(path)",
        "aside.rename(path)",
        "folder.mkdir(parents=True)",
        "os.makedirs(folder)",
        "path.touch()",
        "frame.to_csv(path)",
        "parquet.write_table(table, path)",
    ],
)
def test_the_rule_sees(text: str) -> None:
    assert list(writes(ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "open(path)",
        "path.open('rb')",
        "os.open(path, os.O_RDONLY | os.O_NONBLOCK)",
        "text.replace('a', 'b')",
        "replace(run, target='x')",
        "moment.replace(tzinfo=UTC)",
        "Journal.open(path)",
        "writer.write_table(table)",
        "parquet.write_table(table, stream)",
    ],
)
def test_the_rule_leaves_alone(text: str) -> None:
    assert not list(writes(ast.parse(text)))
