"""Read a graph from the bytes of a JSON or CSV file, and say in one line what is wrong with it."""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final, NamedTuple

from datasets.records.graphs import Edge, Graph
from tasks.core.graph_families import MAX_NODES
from tasks.errors import BadInput

MAX_WEIGHT: Final = 1e9
MIN_WEIGHT: Final = 1e-9  # but for 0
_NAME_LENGTH: Final = 100
_SHOWN: Final = 40  # characters of foreign text that a message repeats
_ENDS: Final = 2  # of an edge
# What a CSV file's first two columns may be called; one name alone may be a node, such as a source.
_HEADS: Final = {("source", "target"), ("from", "to"), ("node1", "node2"), ("u", "v")}
_WANTED: Final = "Write an edge as source,target,weight; a weight that is left out is 1."
_JSON_WANTED: Final = 'Write {"edges": [["a", "b", 1.5], ...]}.'


class _Tie(NamedTuple):
    """An edge as a file has it, and where."""

    place: str
    one: str
    other: str
    weight: float


def parse_graph(data: bytes, *, origin: str) -> Graph:
    """Return the graph in `data`; `origin` is the file's name, whose ending says what it is.

    Nodes are in the order in which the file names them first.

    Raises:
        BadInput: the text breaks the format, or there is nothing to cut.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad(origin, f"byte {error.start} is not UTF-8. Save the file as UTF-8.") from error
    if not text.strip():
        raise _bad(origin, f"the file is empty. {_WANTED}")
    name, source, listed = _called(origin), _plain(origin), list[str]()
    if origin.lower().endswith(".csv"):
        ties = list(_csv_ties(text, origin))
    else:
        document = _document(text, origin)
        name = _text(document.get("name", name), "name", origin)
        source = _text(document.get("source", source), "source", origin)
        listed = _listed(document, origin)
        ties = list(_json_ties(document, origin))
    return _graph(ties, listed, name=name, source=source, origin=origin)


def _called(origin: str) -> str:
    """Return what a graph is called that has no name: as its file, as far as that is a name."""
    name = _plain(PurePath(origin).stem)[:_NAME_LENGTH]
    return name if name.strip() else "graph"


def _plain(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)


def write_graph(graph: Graph) -> str:
    """Return the JSON file that `parse_graph` reads back as this very graph."""
    edges = [[graph.nodes[e.one], graph.nodes[e.other], e.weight] for e in graph.edges]
    document = {"name": graph.name, "source": graph.source, "nodes": graph.nodes, "edges": edges}
    return json.dumps(document, ensure_ascii=False)


def _bad(origin: str, what: str) -> BadInput:
    return BadInput(f"{origin}: {what}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _text(value: object, key: str, origin: str) -> str:
    if not isinstance(value, str) or not value.isprintable() or not value.strip():
        raise _bad(origin, f"{key} is {_shown(value)}. Give one line of text.")
    if len(value) > _NAME_LENGTH and key != "source":
        said = f"has {len(value)} characters; at most {_NAME_LENGTH}"
        raise _bad(origin, f"{key} {said}. Shorten it.")
    return value


def _csv_ties(text: str, origin: str) -> Iterator[_Tie]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        filled = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise _bad(origin, f"line {rows.line_num} is not CSV ({error}). {_WANTED}") from error
    headed = bool(filled) and _is_head(filled[0][1])
    for number, row in filled[headed:]:
        cells = [cell.strip() for cell in row]
        if cells[-1] == "" and len(cells) > _ENDS:
            cells.pop()
        yield _tie(cells, f"line {number}", origin)


def _is_head(row: Sequence[str]) -> bool:
    one, other, *weight = [cell.strip().lower() for cell in row] if len(row) > 1 else ("", "")
    return (one, other) in _HEADS and not any(map(_is_number, weight))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _document(text: str, origin: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _bad(origin, f"not JSON ({error.msg} at {place}). Mend the file there.") from error
    except (ValueError, RecursionError) as error:
        raise _bad(origin, "a number is too long or lists nest too deep. Mend the file.") from error
    if isinstance(document, list):
        return {"edges": document}
    if not isinstance(document, dict):
        raise _bad(origin, f"it holds neither an object nor a list. {_JSON_WANTED}")
    return document


def _listed(document: Mapping[str, Any], origin: str) -> list[str]:
    """Return the nodes that a file lists; as strings, or as objects with an `id`."""
    nodes = document.get("nodes", [])
    if not isinstance(nodes, list):
        raise _bad(origin, f"nodes is {_shown(nodes)}. Give a list of names.")
    names = [node.get("id") if isinstance(node, dict) else node for node in nodes]
    return [_node(name, f"node {place}", origin) for place, name in enumerate(names)]


def _json_ties(document: Mapping[str, Any], origin: str) -> Iterator[_Tie]:
    edges = document.get("edges", document.get("links"))
    if not isinstance(edges, list):
        raise _bad(origin, f"edges is {'missing' if edges is None else 'no list'}. {_JSON_WANTED}")
    for place, edge in enumerate(edges):
        cells = edge
        if isinstance(edge, dict):
            cells = [edge.get("source"), edge.get("target"), edge.get("weight", 1.0)]
        if not isinstance(cells, list):
            raise _bad(origin, f"edge {place} is {_shown(edge)}. {_JSON_WANTED}")
        yield _tie(cells, f"edge {place}", origin)


def _tie(cells: Sequence[object], place: str, origin: str) -> _Tie:
    if len(cells) not in {_ENDS, _ENDS + 1}:
        raise _bad(origin, f"{place} has {len(cells)} parts, not 2 or 3. {_WANTED}")
    one, other = (_node(cell, place, origin) for cell in cells[:_ENDS])
    if one == other:
        raise _bad(origin, f"{place} ties {_shown(one)} to itself; no cut has it. Leave it out.")
    weight = _weight(cells[_ENDS], place, origin) if len(cells) > _ENDS else 1.0
    return _Tie(place, one, other, weight)


def _node(value: object, place: str, origin: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value:d}" if abs(value) < MAX_WEIGHT else None
    return _text(value, f"a node of {place}", origin)


def _weight(value: object, place: str, origin: str) -> float:
    allowed = f"Give a number of {MIN_WEIGHT:g} to {MAX_WEIGHT:g} in size, or 0."
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise TypeError  # noqa: TRY301 - said once, for all that is no number
        weight = float(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise _bad(origin, f"{place} has the weight {_shown(value)}. {allowed}") from error
    if not math.isfinite(weight) or (weight and not MIN_WEIGHT <= abs(weight) <= MAX_WEIGHT):
        raise _bad(origin, f"{place} has the weight {_shown(value)}. {allowed}")
    return weight


def _graph(
    ties: Sequence[_Tie], listed: Sequence[str], *, name: str, source: str, origin: str
) -> Graph:
    named = [end for tie in ties for end in (tie.one, tie.other)]
    nodes = tuple(dict.fromkeys([*listed, *named]))
    if len(nodes) > MAX_NODES:
        raise _bad(origin, f"{len(nodes)} nodes; at most {MAX_NODES}. Give a smaller graph.")
    places = {node: place for place, node in enumerate(nodes)}
    edges: dict[tuple[int, int], Edge] = {}
    for tie in ties:
        one, other = sorted((places[tie.one], places[tie.other]))
        edge = Edge(one, other, tie.weight)
        if edges.setdefault((one, other), edge) != edge:
            said = f"{tie.place} ties {_shown(tie.one)} and {_shown(tie.other)} again, by another"
            raise _bad(origin, f"{said} weight. Give each edge once.")
    heavy = tuple(edge for edge in edges.values() if edge.weight)
    if not heavy:
        raise _bad(origin, f"it has no edges that weigh anything, so nothing to cut. {_WANTED}")
    return Graph(name, nodes, heavy, source)
