"""What users name is never markup: one module prints, pages escape by themselves."""

import ast
from pathlib import Path

import pytest

from tests.architecture.sizes import PACKAGES, ROOT

TERMINAL = ROOT / "deployments" / "cli" / "terminal.py"
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]

# They write lines of their own making, without a package loaded or to another end than a terminal.
EXCUSED = {
    "deployments/cli/confirming.py": "a question's line stays open for the answer",
    "tasks/context/runtime.py": "what opening a home changes is told below the command line",
    "deployments/cli/entry.py": "a signal's line goes to the descriptor itself",
    "deployments/server/health.py": "a probe's line goes to a container's log",
}
PRINTING = {"print", "typer.echo", "typer.secho", "click.echo", "rich.print", "Console"}


def calls(path: Path) -> list[str]:
    return [
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_one_module_prints(path: Path) -> None:
    if path == TERMINAL or path.relative_to(ROOT).as_posix() in EXCUSED:
        return
    printed = [
        call
        for call in calls(path)
        if call in PRINTING or call.endswith((".Console", "stdout.write", "stderr.write"))
    ]
    assert printed == [], "print through deployments/cli/terminal.py"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_nobody_turns_markup_on(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in {"markup", "emoji", "highlight"}:
            assert ast.unparse(node.value) == "False"
        if isinstance(node, ast.keyword) and node.arg == "rich_markup_mode":
            assert ast.unparse(node.value) == "None"
        if isinstance(node, ast.keyword) and node.arg == "autoescape":
            assert ast.unparse(node.value) == "True"
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "TextColumn":
            assert "markup" in {word.arg for word in node.keywords}


def test_templates_escape_everything() -> None:
    pages = sorted((ROOT / "tasks" / "report" / "drawing").glob("*.j2"))
    assert pages
    for page in pages:
        text = page.read_text("utf-8")
        assert "|safe" not in text.replace(" ", "")
        assert "autoescape false" not in text
