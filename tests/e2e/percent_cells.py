"""The cells of a notebook in percent format, top to bottom, inside an event loop as in Jupyter.

Arguments: NOTEBOOK. Prints one JSON object: how each cell's last expression shows itself.
"""

import ast
import asyncio
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any


def main() -> int:
    """Run the notebook."""
    shown = asyncio.run(_cells(Path(sys.argv[1]).read_text()))
    print(json.dumps(shown))  # noqa: T201 - the answer
    return 0


async def _cells(notebook: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    with redirect_stdout(sys.stderr):
        shown = [_run(cell, names) for cell in code_cells(notebook)]
    return {
        "run_id": names["run"].run_id,
        "quoted_usd": names["quoted"].cost_usd,
        "plan_usd": names["run"].answer["plan"]["usd"],
        "values": names["values"].to_dict(orient="list"),
        "spread": names["spread"],
        "shown": [text for text in shown if text],
    }


def code_cells(notebook: str) -> list[str]:
    """Return the program of each cell that has one."""
    cells = notebook.split("# %%")[1:]
    return [cell for cell in cells if not cell.startswith(" [markdown]")]


def _run(cell: str, names: dict[str, Any]) -> str:
    """Run a cell; return how its last expression shows itself, as a browser would get it."""
    tree = ast.parse(cell)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - our own notebook
    if not isinstance(last, ast.Expr):
        return ""
    found = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307 - ours
    for kind in ("_repr_svg_", "_repr_html_"):
        if hasattr(found, kind):
            return str(getattr(found, kind)())
    return "" if found is None else repr(found)
