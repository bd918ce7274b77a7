"""The rules of the layout that the import contracts cannot state."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import datasets
from tests.architecture.sizes import PACKAGES, ROOT, WRAPPER_LINES, Size

SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
HEAVY = (
    "prefect",
    "braket",
    "qiskit",
    "great_expectations",
    "pandas",
    "pyarrow",
    "duckdb",
    "matplotlib",
    "scipy",
    "numba",
)

EXCUSED_WRAPPERS = {
    "tasks/stages/device.py:compile_for_target": "names each of an experiment's parts once",
    "tasks/stages/run.py:open_run": "names each of a run's fields once",
    "tasks/stages/device.py:record_device": "names the five tables that land together",
    "tasks/stages/search.py:summarise": "names each of a result's sources once",
}


def test_datasets_is_ours() -> None:
    assert Path(str(datasets.__file__)).parent == ROOT / "datasets"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_file_says_in_its_first_line_what_it_is(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    assert first.startswith('"""')
    assert first.rstrip('"').endswith((".", "?", ":")), first


# `prefect block register -m blocks` registers what the package itself holds.
PACKAGE_FILES = [p for p in SOURCES if p.name == "__init__.py" and p.parent.name != "blocks"]


@pytest.mark.parametrize("path", PACKAGE_FILES, ids=lambda p: p.parent.name)
def test_a_package_file_holds_a_docstring_only(path: Path) -> None:
    (statement,) = ast.parse(path.read_text()).body
    assert isinstance(statement, ast.Expr)


def test_no_file_is_named_like_a_module_of_the_standard_library() -> None:
    top = {p.stem for p in SOURCES if p.parent.name in PACKAGES and p.stem != "__init__"}
    assert not top & sys.stdlib_module_names


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not {p.stem for p in SOURCES} & {"utils", "helpers", "common", "manager", "base", "misc"}


def test_no_two_files_of_tests_have_one_name() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def wrappers() -> Iterator[Size]:
    """Measure every function that Prefect's decorator makes a task."""
    for path in sorted((ROOT / "tasks").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                ast.unparse(mark).split("(")[0] in ("stage", "task", "prefect.task")
                for mark in node.decorator_list
            ):
                where = f"{path.relative_to(ROOT).as_posix()}:{node.name}"
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield Size(where, lines, WRAPPER_LINES)


def test_a_task_is_a_thin_wrapper_or_has_an_excuse() -> None:
    found = list(wrappers())
    assert len(found) > 10
    assert {size.where for size in found if size.lines > size.limit} == EXCUSED_WRAPPERS.keys()


def loaded(command: str) -> set[str]:
    """Return the heavy packages that a command has imported when it ends."""
    program = (
        "import sys, contextlib, io\n"
        "from deployments.cli.main import run\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    run({command.split()!r})\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(ended.stdout.split()) & set(HEAVY)


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        ("--help", set()),
        ("vqe --help", set()),
        ("qaoa --help", set()),
        ("devices --json", set()),
        ("runs", set()),
        ("vqe --problem nothing", set()),
        ("qaoa --graph nothing", set()),
    ],
)
@pytest.mark.slow
@pytest.mark.usefixtures("qrt_home")
def test_a_command_pays_for_no_import_that_it_does_not_need(
    command: str, allowed: set[str]
) -> None:
    assert loaded(command) <= allowed
