"""Graphs by name have the nodes, edges and degrees that their names say, and the same each time."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.graphs import Graph
from tasks.core.physics.graph_families import EXAMPLES, named_graph
from tasks.errors import BadInput, UnknownName


def degrees(graph: Graph) -> list[int]:
    found = Counter(node for edge in graph.edges for node in (edge.one, edge.other))
    return [found[node] for node in range(len(graph.nodes))]


@given(st.integers(1, 9), st.integers(2, 20), st.integers(0, 10**9))
def test_a_regular_graph_has_as_many_neighbours_everywhere(
    degree: int, n_nodes: int, seed: int
) -> None:
    name = f"regular:{degree}:{n_nodes}@{seed}"
    if degree >= n_nodes or degree * n_nodes % 2:
        with pytest.raises(BadInput):
            named_graph(name)
        return
    graph = named_graph(name)
    assert degrees(graph) == [degree] * n_nodes
    assert len({(edge.one, edge.other) for edge in graph.edges}) == degree * n_nodes // 2
    assert all(edge.one < edge.other for edge in graph.edges)
    assert named_graph(name) == graph


@pytest.mark.parametrize(
    ("name", "nodes", "edges"),
    [
        ("ring:8", 8, 8), ("path:6", 6, 5), ("complete:5", 5, 10), ("grid:2:4", 8, 10),
        ("grid:1:5", 5, 4), ("regular:3:10@7", 10, 15), ("regular:31:64", 64, 992),
        ("gnp:10:1", 10, 45), ("complete:64", 64, 2016), (" Ring:8", 8, 8),
    ],
)  # fmt: skip
def test_a_graph_has_the_nodes_and_edges_of_its_name(name: str, nodes: int, edges: int) -> None:
    graph = named_graph(name)
    assert (len(graph.nodes), len(graph.edges)) == (nodes, edges)
    assert graph.nodes == tuple(map(str, range(nodes)))


def test_a_seed_is_part_of_the_name() -> None:
    assert named_graph("regular:3:10").edges == named_graph("regular:3:10@1").edges
    assert named_graph("gnp:10:0.5@1").edges != named_graph("gnp:10:0.5@2").edges


def test_the_examples_are_graphs() -> None:
    assert all(named_graph(name).name == name for name in EXAMPLES)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("regular:3:9", "3 times 9 is odd"),
        ("regular:9:9", "at most 8 neighbours"),
        ("regular:3", "Write regular:3:10@7"),
        ("ring:2", "Give 3 to 64"),
        ("ring:65", "Give 3 to 64"),
        ("ring:999999999", "Give 3 to 64"),
        ("ring:8:8", "Write ring:8"),
        ("ring:8.5", "Give 3 to 64"),
        ("ring:8@2", "Leave out @2"),
        ("grid:9:9", "Give 2 to 64"),
        ("grid:1:1", "Give 2 to 64"),
        ("gnp:10:1.5", "up to 1"),
        ("gnp:10:...", "up to 1"),
        ("gnp:2:0.001", "no edges"),
    ],
)
def test_a_graph_that_there_is_not_is_refused(name: str, said: str) -> None:
    with pytest.raises(BadInput, match="Graph") as refused:
        named_graph(name)
    assert said in str(refused.value)


@pytest.mark.parametrize("name", ["star:4", "ring", "ring:", "ring:-8", "", "8", "ring:9999999999"])
def test_an_unknown_name_gets_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownName, match="ring:8"):
        named_graph(name)
