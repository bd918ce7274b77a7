"""Graphs for laws: any simple ones, with weights or without, and their cuts one by one."""

from itertools import combinations, product

from hypothesis import strategies as st

from datasets.records.graphs import Edge, Graph

UNIT = st.just(1.0)
WEIGHTS = st.floats(-3, 3).filter(lambda weight: abs(weight) > 0.01)
WHOLE = st.integers(-2, 2).filter(bool).map(float)


def a_graph(n_nodes: int, edges: list[tuple[int, int, float]]) -> Graph:
    nodes = tuple(f"node {k}" for k in range(n_nodes))
    return Graph("mine", nodes, tuple(Edge(*edge) for edge in edges), "a test")


@st.composite
def graphs(draw: st.DrawFn, *, most: int = 6, weights: st.SearchStrategy[float] = WEIGHTS) -> Graph:
    n_nodes = draw(st.integers(2, most))
    every = list(combinations(range(n_nodes), 2))
    kept = draw(st.lists(st.sampled_from(every), min_size=1, unique=True))
    return a_graph(n_nodes, [(one, other, draw(weights)) for one, other in kept])


def cut_of(graph: Graph, sides: tuple[int, ...]) -> float:
    return sum(edge.weight for edge in graph.edges if sides[edge.one] != sides[edge.other])


def every_cut(graph: Graph) -> list[float]:
    """Return the cut of each outcome, by its number with node 0 in the least significant bit."""
    bits = product((0, 1), repeat=len(graph.nodes))
    return [cut_of(graph, sides[::-1]) for sides in bits]
