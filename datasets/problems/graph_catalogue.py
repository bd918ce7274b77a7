"""Find a graph by the name of its family or by the path of a JSON or CSV file."""

from datasets.problems.given_file import looks_like_path, read_given
from datasets.problems.graph_document import parse_graph
from datasets.records.graphs import Graph
from tasks.core.physics.graph_families import EXAMPLES, named_graph


def load_graph(name_or_path: str) -> Graph:
    """Return a graph such as `ring:8`, or the one in a file (docs/graphs.md has the formats).

    Raises:
        UnknownName: neither a family nor a path.
        BadInput: the family has no such graph; the file cannot be read, or breaks the format.
    """
    if not looks_like_path(name_or_path, ".json", ".csv"):
        return named_graph(name_or_path)
    otherwise = f"a graph's name ({', '.join(EXAMPLES)})"
    data = read_given(name_or_path, kind="JSON or CSV", otherwise=otherwise)
    return parse_graph(data, origin=name_or_path)
