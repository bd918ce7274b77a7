"""Graphs as plain values: named nodes, and edges with weights."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge between nodes `one` < `other`, by their places, that weighs something."""

    one: int
    other: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Graph:
    """An undirected graph without loops, each edge once; node k of `nodes` is qubit k."""

    name: str
    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]
    source: str

    @property
    def is_whole(self) -> bool:
        """Whether every weight is a whole number."""
        return all(edge.weight.is_integer() for edge in self.edges)
