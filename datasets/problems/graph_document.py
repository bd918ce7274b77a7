"""Read a graph from the bytes of a JSON or CSV file, and say in one line what is wrong with it."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final, NamedTuple

from datasets.files.json_text import read_json
from datasets.files.reading import decoded
from datasets.problems.edge_rows import WANTED, edge_rows
from datasets.records.graphs import Edge, Graph
from tasks.core.physics.graph_families import MAX_NODES
from tasks.errors import BadInput

MAX_WEIGHT: Final = 1e9
MIN_WEIGHT: Final = 1e-9  # but for 0
_NAME_LENGTH: Final = 100
_SHOWN: Final = 40  # characters of foreign text that a message repeats
_ENDS: Final = 2  # of an edge
_LINK_ENDS: Final = ("source", "target")
_KEYS: Final = frozenset((*_LINK_ENDS, "weight", "key", "id", "index"))  # of an edge
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
    text = decoded(data, origin=origin)
    if not text.strip():
        raise _bad(origin, f"the file is empty. {WANTED}")
    name, source, listed = _called(origin), _plain(origin), list[str]()
    document: Mapping[str, Any] = {}
    if origin.lower().endswith(".csv"):
        ties = list(_csv_ties(text, origin))
    else:
        document = _document(text, origin)
        name = _text(document.get("name", name), "name", origin)
        source = _text(document.get("source", source), "source", origin)
        listed = _listed(document, origin)
        ties = list(_json_ties(document, listed, origin))
    if document.get("multigraph"):
        ties = _added_up(ties)
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
    for row in edge_rows(text, origin=origin):
        yield _tie(row.cells, f"line {row.line}", origin)


def _document(text: str, origin: str) -> Mapping[str, Any]:
    document = read_json(text, origin=origin, wanted=_JSON_WANTED)
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
    listed = [_node(name, f"node {place}", origin) for place, name in enumerate(names)]
    twice = next((name for name, times in Counter(listed).items() if times > 1), None)
    if twice is not None:
        raise _bad(origin, f"nodes has {_shown(twice)} twice. Give each node a name of its own.")
    return listed


def _json_ties(document: Mapping[str, Any], listed: list[str], origin: str) -> Iterator[_Tie]:
    if document.get("directed"):
        raise _bad(origin, "it is directed; a cut has no direction. Give G.to_undirected().")
    edges = document.get("edges", document.get("links"))
    if not isinstance(edges, list):
        raise _bad(origin, f"edges is {'missing' if edges is None else 'no list'}. {_JSON_WANTED}")
    if document.get("links", edges) != edges:
        raise _bad(origin, "edges and links differ. Give the edges once.")
    ties = [_json_tie(edge, f"edge {place}", origin) for place, edge in enumerate(edges)]
    if "links" in document and _are_places(edges, listed):
        ties = [
            tie._replace(one=listed[int(tie.one)], other=listed[int(tie.other)]) for tie in ties
        ]
    yield from ties


def _json_tie(edge: object, place: str, origin: str) -> _Tie:
    cells = edge
    if isinstance(edge, dict):
        ends = [edge.get("source"), edge.get("target")]
        cells = [*ends, edge["weight"]] if "weight" in edge else ends
        other = next((k for k, v in edge.items() if k not in _KEYS and _is_number(v)), None)
        if "weight" not in edge and other is not None:
            what = f"{place} has {_shown(other)} and no weight"
            raise _bad(origin, f"{what}. Call it weight, or leave it out.")
    if not isinstance(cells, list):
        raise _bad(origin, f"{place} is {_shown(edge)}. {_JSON_WANTED}")
    return _tie(cells, place, origin)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_places(links: Sequence[Any], listed: Sequence[str]) -> bool:
    """Whether links name nodes by their places in the list, as networkx 1 wrote them."""
    ends = [link.get(key) for link in links if isinstance(link, dict) for key in _LINK_ENDS]
    numbers = [end for end in ends if type(end) is int and 0 <= end < len(listed)]
    return len(numbers) == len(ends) and not {str(end) for end in ends} <= set(listed)


def _tie(cells: Sequence[object], place: str, origin: str) -> _Tie:
    if len(cells) not in {_ENDS, _ENDS + 1}:
        raise _bad(origin, f"{place} has {len(cells)} parts, not 2 or 3. {WANTED}")
    one, other = (_node(cell, place, origin) for cell in cells[:_ENDS])
    if one == other:
        raise _bad(origin, f"{place} ties {_shown(one)} to itself; no cut has it. Leave it out.")
    weight = _weight(cells[_ENDS], place, origin) if len(cells) > _ENDS else 1.0
    return _Tie(place, one, other, weight)


def _added_up(ties: Sequence[_Tie]) -> list[_Tie]:
    """Return one edge for all that tie the same nodes, with the sum of their weights."""
    first: dict[frozenset[str], _Tie] = {}
    sums: dict[frozenset[str], float] = {}
    for tie in ties:
        ends = frozenset((tie.one, tie.other))
        first.setdefault(ends, tie)
        sums[ends] = sums.get(ends, 0.0) + tie.weight
    return [tie._replace(weight=sums[ends]) for ends, tie in first.items()]


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
    named = dict.fromkeys(end for tie in ties for end in (tie.one, tie.other))
    strange = next((end for end in named if end not in listed), None) if listed else None
    if strange is not None:
        raise _bad(origin, f"an edge ties {_shown(strange)}, which nodes does not list. Add it.")
    nodes = tuple(listed or named)
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
        raise _bad(origin, f"it has no edges that weigh anything, so nothing to cut. {WANTED}")
    return Graph(name, nodes, heavy, source)
