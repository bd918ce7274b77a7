"""Where to draw each qubit of a device: on a grid, on a circle, or as its couplers pull it."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from tasks.report.drawing.lattice import Graph, graph_of, square_lattice

Places = Mapping[int, tuple[float, float]]
_STEPS = 300
_APART = 1.5  # distance of parts that nothing joins, beyond the largest within a part


def places(
    nodes: Iterable[int], pairs: Iterable[tuple[int, int]], *, fully_connected: bool
) -> Places:
    """Return (x, y) of each node in couplers' lengths, y downwards; the same for the same graph.

    Nodes that nothing is coupled to stand in a row below the others.
    """
    whole = graph_of(nodes, pairs)
    graph = {node: near for node, near in whole.items() if near}
    drawn = _drawn(graph, fully_connected=fully_connected)
    below = max((y for _, y in drawn.values()), default=-1.0) + 1
    left = min((x for x, _ in drawn.values()), default=0.0)
    alone = (node for node, near in whole.items() if not near)
    return drawn | {node: (left + number, below) for number, node in enumerate(alone)}


def _drawn(graph: Graph, *, fully_connected: bool) -> dict[int, tuple[float, float]]:
    if fully_connected or len(graph) < 3:  # noqa: PLR2004 - two are a line
        return _circle(graph)
    grid = square_lattice(graph)
    return (
        _pulled(graph) if grid is None else {n: (float(x), float(y)) for n, (x, y) in grid.items()}
    )


def _circle(graph: Graph) -> dict[int, tuple[float, float]]:
    radius = max(len(graph) / (2 * np.pi), 0.5)
    angles = 2 * np.pi * np.arange(len(graph)) / len(graph) - np.pi / 2
    xs, ys = radius * np.cos(angles), radius * np.sin(angles)
    return dict(zip(graph, zip(xs.tolist(), ys.tolist(), strict=True), strict=True))


def _pulled(graph: Graph) -> dict[int, tuple[float, float]]:
    """Let distances on paper be those in couplers, as nearly as that goes.

    Stress majorisation: Gansner, Koren, North, Graph Drawing 2004, eq. 6, weights 1/d^2; it starts
    on a spiral in the order of labels.
    """
    wanted = _distances(graph)
    weights = 1 / np.maximum(wanted, 1) ** 2
    np.fill_diagonal(weights, 0)
    turns = np.arange(len(graph)) * 2.4  # about the golden angle: no two in line
    at = np.sqrt(np.arange(len(graph)) + 1)[:, None] * np.stack([np.cos(turns), np.sin(turns)], 1)
    laplacian = np.diag(weights.sum(1)) - weights
    inverse = np.linalg.pinv(laplacian)
    for _ in range(_STEPS):
        apart = np.linalg.norm(at[:, None] - at[None], axis=2)
        pull = -weights * wanted / np.maximum(apart, 1e-9)
        np.fill_diagonal(pull, 0)
        np.fill_diagonal(pull, -pull.sum(1))
        at = inverse @ pull @ at
    return dict(zip(graph, map(tuple, np.round(at, 6).tolist()), strict=True))


def _distances(graph: Graph) -> NDArray[np.float64]:
    """Return the couplers between every two nodes: (n, n)."""
    index = {node: place for place, node in enumerate(graph)}
    found = np.full((len(graph), len(graph)), np.inf)
    for node in graph:
        reached, edge, hops = {node}, {node}, 0
        while edge:
            found[index[node], [index[one] for one in edge]] = hops
            edge = {far for one in edge for far in graph[one]} - reached
            reached |= edge
            hops += 1
    joined = found[np.isfinite(found)].max()
    return np.where(np.isfinite(found), found, joined + _APART)
