"""The quantum approximate optimisation algorithm on a graph: its circuit, and where it starts.

A layer is exp(-i gamma C), then exp(-i beta sum of X_i), on the even superposition of all outcomes
(arXiv:1411.4028).
"""

import math
from collections.abc import Iterator
from typing import Final

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.graphs import Graph
from datasets.records.problems import Program, ProgramId
from tasks.core.identity import digest
from tasks.core.physics.cuts import hamiltonian
from tasks.core.physics.edge_colouring import colour_edges
from tasks.errors import BadInput

MAX_LAYERS: Final = 50


def ansatz(graph: Graph, *, layers: int) -> Program:
    """Return the circuit with its parameters gamma_1, beta_1, gamma_2, ..., and -C to measure.

    Raises:
        BadInput: the layers are out of range.
    """
    if not 1 <= layers <= MAX_LAYERS:
        message = f"An ansatz has 1 to {MAX_LAYERS} layers; got {layers}. Choose within that range."
        raise BadInput(message)
    width = len(str(layers))
    names = [(f"gamma_{k:0{width}d}", f"beta_{k:0{width}d}") for k in range(1, layers + 1)]
    qubits = range(len(graph.nodes))
    gates = [Gate("h", (qubit,)) for qubit in qubits]
    for gamma, beta in names:
        gates += _phases(graph, gamma)
        gates += [Gate("rx", (qubit,), (Angle(0.0, ((beta, 2.0),)),)) for qubit in qubits]
    whole = Circuit(len(graph.nodes), tuple(gates))
    parameters = tuple(name for pair in names for name in pair)
    found, observable = frequencies(graph, layers=layers), hamiltonian(graph)
    identity = ProgramId(digest([whole, parameters, found, observable]))
    name = f"{graph.name} qaoa x{layers}"
    return Program(identity, name, whole, parameters, found, observable)


def start(graph: Graph, *, layers: int) -> tuple[float, ...]:
    """Return where to start: gamma rising and beta falling along a line, as in annealing.

    A ramp is near the optimum of most graphs (arXiv:1812.01041, arXiv:2101.05742). This one is
    taken at the middle of each layer, and so steep that a single layer starts at the optimum of
    regular graphs without triangles, beta = pi / 8 and tan(gamma) = 1 / sqrt(degree - 1)
    (arXiv:1706.02998). With weights gamma is in units of their root mean square
    (arXiv:2305.15201).
    """
    size = math.sqrt(math.fsum(edge.weight**2 for edge in graph.edges) / len(graph.edges))
    ends = {node for edge in graph.edges for node in (edge.one, edge.other)}
    degree = 2 * len(graph.edges) / len(ends)
    gamma = math.atan2(1.0, math.sqrt(degree - 1)) / size
    times = [(layer + 0.5) / layers for layer in range(layers)]
    return tuple(angle for time in times for angle in (2 * gamma * time, math.pi / 4 * (1 - time)))


def frequencies(graph: Graph, *, layers: int) -> tuple[int, ...]:
    """Return the highest frequency of each parameter, rounded up.

    What is measured on an edge reaches, `k` layers from the end, the nodes within `k` steps of it:
    beta's layer has twice as many frequencies as there are such nodes, gamma's as many as the
    edges weigh that touch them. They are whole numbers where the weights are.
    """
    around = _neighbours(graph)
    found: list[int] = []
    near = [{edge.one, edge.other} for edge in graph.edges]
    for _ in range(layers):
        beta = 2 * max(map(len, near))
        gamma = math.ceil(max(_touching(graph, nodes) for nodes in near))
        found = [gamma, beta, *found]
        near = [nodes.union(*(around[node] for node in nodes)) for nodes in near]
    return tuple(found)


def _phases(graph: Graph, gamma: str) -> Iterator[Gate]:
    """Yield exp(-i gamma C) but for its phase, edges that do not meet side by side."""
    colours = colour_edges([(edge.one, edge.other) for edge in graph.edges])
    for _, edge in sorted(zip(colours, graph.edges, strict=True), key=lambda pair: pair[0]):
        yield Gate("zz", (edge.one, edge.other), (Angle(0.0, ((gamma, -edge.weight),)),))


def _neighbours(graph: Graph) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {node: set() for node in range(len(graph.nodes))}
    for edge in graph.edges:
        found[edge.one].add(edge.other)
        found[edge.other].add(edge.one)
    return found


def _touching(graph: Graph, nodes: set[int]) -> float:
    return math.fsum(
        abs(edge.weight) for edge in graph.edges if edge.one in nodes or edge.other in nodes
    )
