"""Report files and functions that are longer than what a reader takes in at once.

`python -m tests.architecture.sizes` prints the report and fails on anything that exceeds a limit
and is not listed in EXCUSED with its reason.
"""

import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("flows", "blocks", "tasks", "datasets", "deployments")
FILE_LINES, FUNCTION_LINES, MEDIAN_LINES, WRAPPER_LINES = 300, 40, 10, 15

EXCUSED = {
    "deployments/notebook.py:sweep": "each argument with its meaning; the body is five lines",
    "datasets/journal/migrations/versions/v0001_first_journal.py:upgrade": "a schema, in full",
    "tasks/workloads/search/result.py:vqe_result": "names each of a result's 28 fields once",
    "deployments/cli/selecting.py:select": "each option with its help; the body is one call",
    "deployments/cli/run_options.py:_asked": "each option with its help; the body is one value",
    "deployments/cli/canary.py:canary": "each option with its help; the body is one call",
    "deployments/cli/qaoa.py:qaoa": "each option with its help; the body is one call",
    "deployments/cli/sweeping.py:sweep": "each option with its help; the body is one call",
}


@dataclass(frozen=True)
class Size:
    """How long something is, and how long it may be."""

    where: str
    lines: int
    limit: int

    @property
    def excused(self) -> bool:
        """Whether a reason is on record."""
        return self.where in EXCUSED


def sizes() -> Iterator[Size]:
    """Measure every file and function of the packages."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            text = path.read_text()
            yield Size(name, text.count("\n"), FILE_LINES)
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines = (node.end_lineno or node.lineno) - node.lineno + 1
                    yield Size(f"{name}:{node.name}", lines, FUNCTION_LINES)


def main() -> int:
    """Print the report; return 1 when something unexcused is too long."""
    found = list(sizes())
    functions = [size.lines for size in found if ":" in size.where]
    median = statistics.median(functions)
    long = [size for size in found if size.lines > size.limit]
    print(f"{len(functions)} functions, median {median:.0f} lines, longest {max(functions)}")  # noqa: T201
    for size in sorted(long, key=lambda s: -s.lines):
        why = EXCUSED.get(size.where, "NOT EXCUSED")
        print(f"  {size.lines:>4} of {size.limit}  {size.where}  ({why})")  # noqa: T201
    idle = set(EXCUSED) - {size.where for size in long}
    for where in sorted(idle):
        print(f"  no longer too long, remove the excuse: {where}")  # noqa: T201
    return int(median > MEDIAN_LINES or bool(idle) or not all(size.excused for size in long))


if __name__ == "__main__":
    sys.exit(main())
