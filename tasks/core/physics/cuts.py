"""The maximum cut of a weighted graph: its Hamiltonian, the cut of each outcome, the best there is.

A cut is what the edges weigh whose ends get different bits, C = sum of w_ij (1 - Z_i Z_j) / 2
(arXiv:1411.4028). Runs minimise the energy of H = -C, so that a cut is minus an energy.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.records.graphs import Graph
from datasets.records.problems import Hamiltonian, Problem
from tasks.core.physics.hamiltonian import merge

EXACT_NODES: Final = 24  # 2**23 cuts: a third of a second and 300 MB
_EXACT: Final = 1e-9  # of the sum of the weights: cuts that are closer are one

Values = NDArray[np.float64]


def hamiltonian(graph: Graph) -> Hamiltonian:
    """Return -C as a sum of Pauli strings; its identity is minus half of all weights."""
    n_qubits = len(graph.nodes)
    half = [("I" * n_qubits, -edge.weight / 2) for edge in graph.edges]
    pairs = [(_zz(edge.one, edge.other, n_qubits), edge.weight / 2) for edge in graph.edges]
    return merge([*half, *pairs], n_qubits=n_qubits)


def problem(graph: Graph) -> Problem:
    """Return the cut as a problem; its exact energy is known of up to `EXACT_NODES` nodes."""
    most = maximum(graph)
    exact = None if most is None else -most
    return Problem(graph.name, hamiltonian(graph), None, exact, graph.source)


def cuts(graph: Graph, outcomes: NDArray[np.uint64]) -> Values:
    """Return the cut of each outcome (n_outcomes,), whose bit k is the side of node k."""
    found = np.zeros(len(outcomes))
    for edge in graph.edges:
        one, other = np.uint64(edge.one), np.uint64(edge.other)
        found += edge.weight * ((outcomes >> one ^ outcomes >> other) & np.uint64(1))
    return found


def maximum(graph: Graph) -> float | None:
    """Return the largest cut, from all cuts; None where they are too many.

    The first node stays on its side, since both sides of a cut are alike. The cuts of k + 1 nodes
    are made of those of k: what ties the new node to the ones on the other side comes on top.
    """
    n_nodes = len(graph.nodes)
    if n_nodes > EXACT_NODES:
        return None
    weights = np.zeros((n_nodes, n_nodes))
    for edge in graph.edges:
        weights[edge.one, edge.other] = weights[edge.other, edge.one] = edge.weight
    found = np.zeros(1)
    for node in range(1, n_nodes):
        across = np.zeros(1)
        for earlier in range(1, node):
            across = np.concatenate([across, across + weights[earlier, node]])
        tied = math.fsum(weights[:node, node])
        found = np.concatenate([found + across, found + tied - across])
    return float(found.max())


def are(values: Values, cut: float, *, graph: Graph) -> NDArray[np.bool_]:
    """Return which cuts are this one, whatever the order in which weights were added up."""
    size = math.fsum(abs(edge.weight) for edge in graph.edges)
    close: NDArray[np.bool_] = np.abs(values - cut) <= _EXACT * size
    return close


def bitstring(outcome: int, n_qubits: int) -> str:
    """Return an outcome as text, qubit 0 leftmost."""
    return f"{outcome:0{n_qubits}b}"[::-1]


def listed(nodes: Sequence[str]) -> str:
    """Return names with commas between; those that hold one are quoted."""
    return ", ".join(f'"{node}"' if "," in node else node for node in nodes)


def _zz(one: int, other: int, n_qubits: int) -> str:
    return "".join("Z" if qubit in {one, other} else "I" for qubit in range(n_qubits))
