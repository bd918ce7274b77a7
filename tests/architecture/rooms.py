"""The rooms of the house and the arrows between them, as docs/architecture.md draws them.

`python -m tests.architecture.rooms` writes them into the document.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.architecture.sizes import PACKAGES, ROOT

DOCUMENT = ROOT / "docs" / "architecture.md"
BEGINS, ENDS = "<!-- rooms: written by tests/architecture/rooms.py -->", "<!-- end of rooms -->"
# How many names make the name of a room.
SPLIT = {"datasets": 2, "datasets.lake.schema": 3, "tasks": 2, "tasks.workloads": 3}


# `tasks.errors` and `datasets.home` stand at the entrance, below everything.
ENTRANCES = {"tasks", "datasets"}


def rooms() -> dict[str, str]:
    """Return each room with the first line of its docstring, outermost first."""
    folders = [path for package in PACKAGES for path in (ROOT / package).rglob("__init__.py")]
    named = {".".join(path.parent.relative_to(ROOT).parts): path for path in folders}
    return {
        name: (ast.get_docstring(ast.parse(named[name].read_text())) or "").splitlines()[0]
        for name in sorted(named)
        if name == room_of(name)
    }


def room_of(module: str) -> str:
    """Return the room of a module: a package, or a part of `tasks` or of its workloads."""
    parts = module.split(".")
    depth = 1
    for prefix, names in SPLIT.items():
        if module == prefix or module.startswith(f"{prefix}."):
            depth = names
    room = parts[:depth]
    while len(room) > 1 and not ROOT.joinpath(*room).is_dir():
        room.pop()  # a module that stands in its parent's room
    return ".".join(room)


def arrows() -> dict[str, set[str]]:
    """Return what each room imports."""
    found: dict[str, set[str]] = {name: set() for name in rooms()}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            here = room_of(module.removesuffix(".__init__"))
            there = {room_of(name) for name in _imported(path)}
            if here not in ENTRANCES:
                found[here] |= there - {here} - ENTRANCES
    return found


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            if node.module.split(".")[0] in PACKAGES:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.split(".")[0] in PACKAGES)


def reduced(graph: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """Return the arrows that no longer way through other rooms implies."""
    reach = {name: reachable(name, graph) for name in graph}
    return sorted(
        (here, there)
        for here, direct in graph.items()
        for there in direct
        if not any(there in reach[other] for other in direct - {there})
    )


def reachable(start: str, graph: Mapping[str, set[str]]) -> set[str]:
    seen, waiting = set[str](), [start]
    while waiting:
        for there in graph[waiting.pop()] - seen:
            seen.add(there)
            waiting.append(there)
    return seen


def drawn() -> str:
    """Return the diagram and the table of rooms as Markdown."""
    lines = ["```mermaid", "flowchart TD"]
    names = rooms()
    lines += [f'    {_id(name)}["{name}"]' for name in names if name not in ENTRANCES]
    lines += [f"    {_id(here)} --> {_id(there)}" for here, there in reduced(arrows())]
    lines += ["```", "", "| room | what it is for |", "|---|---|"]
    lines += [f"| `{name.replace('.', '/')}` | {said} |" for name, said in names.items()]
    return "\n".join(lines)


def _id(name: str) -> str:
    return name.replace(".", "_")


def main() -> None:
    """Write the rooms into the document."""
    before, _, rest = DOCUMENT.read_text().partition(BEGINS)
    after = rest.partition(ENDS)[2]
    DOCUMENT.write_text(f"{before}{BEGINS}\n{drawn()}\n{ENDS}{after}")


if __name__ == "__main__":
    main()
