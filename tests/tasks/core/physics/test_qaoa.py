"""The algorithm against exact linear algebra and closed forms."""

import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from datasets.records.circuits import Circuit, Gate
from datasets.records.graphs import Edge, Graph
from tasks.core.optimisers.registry import known, needs_frequencies
from tasks.core.physics.cuts import maximum
from tasks.core.physics.graph_families import named_graph
from tasks.core.physics.grouping import group
from tasks.core.physics.hamiltonian import expectation
from tasks.core.physics.pauli import State
from tasks.core.physics.qaoa import MAX_LAYERS, ansatz, frequencies, start
from tasks.errors import BadInput
from tests.tasks.core.physics.graphs import UNIT, WHOLE, a_graph, every_cut, graphs

ANGLES = st.floats(-3, 3)
H = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
X = np.array([[0, 1], [1, 0]])


def matrix(gate: Gate, values: dict[str, float]) -> State:
    if gate.name == "h":
        return H.astype(complex)
    half = gate.angles[0].bind(values) / 2
    if gate.name == "rx":
        return np.cos(half) * np.eye(2) - 1j * np.sin(half) * X
    assert gate.name == "zz"
    return np.diag(np.exp(-1j * half * np.array([1, -1, -1, 1])))


def run(circuit: Circuit, values: dict[str, float]) -> State:
    n = circuit.n_qubits
    psi = np.eye(2**n)[0].astype(complex).reshape((2,) * n)
    for gate in circuit.gates:
        k = len(gate.qubits)
        tensor = matrix(gate, values).reshape((2,) * (2 * k))
        psi = np.tensordot(tensor, psi, axes=(range(k, 2 * k), gate.qubits))
        psi = np.moveaxis(psi, range(k), gate.qubits)
    return psi.reshape(-1)


def state_of(graph: Graph, angles: Sequence[float]) -> State:
    program = ansatz(graph, layers=len(angles) // 2)
    return run(program.circuit, dict(zip(program.parameters, angles, strict=True)))


def expected_cut(graph: Graph, angles: Sequence[float]) -> float:
    program = ansatz(graph, layers=len(angles) // 2)
    return -expectation(program.observable, state_of(graph, angles))


def closed_form(graph: Graph, gamma: float, beta: float) -> float:
    """Return the expected cut of one layer without weights (arXiv:1706.02998)."""
    around = [
        {e.one + e.other - k for e in graph.edges if k in {e.one, e.other}}
        for k in range(len(graph.nodes))
    ]
    total = 0.0
    for edge in graph.edges:
        d, e = len(around[edge.one]) - 1, len(around[edge.other]) - 1
        triangles = len(around[edge.one] & around[edge.other])
        once = np.sin(4 * beta) * np.sin(gamma) * (np.cos(gamma) ** d + np.cos(gamma) ** e)
        twice = np.cos(gamma) ** (d + e - 2 * triangles) * (1 - np.cos(2 * gamma) ** triangles)
        total += 0.5 + once / 4 - np.sin(2 * beta) ** 2 * twice / 4
    return total


@given(graphs(most=7, weights=UNIT), ANGLES, ANGLES)
def test_a_layer_has_the_expected_cut_of_the_closed_form(
    graph: Graph, gamma: float, beta: float
) -> None:
    found = expected_cut(graph, [gamma, beta])
    assert found == pytest.approx(closed_form(graph, gamma, beta), abs=1e-9)


@given(graphs(most=5), st.lists(ANGLES, min_size=2, max_size=6).filter(lambda a: len(a) % 2 == 0))
def test_layers_are_phases_by_the_cut_and_mixers(graph: Graph, angles: list[float]) -> None:
    n = len(graph.nodes)
    order = [int(f"{k:0{n}b}"[::-1], 2) for k in range(2**n)]
    cut = np.array(every_cut(graph))[order]  # qubit 0 most significant, as in the state
    wanted: NDArray[np.complex128] = np.full(2**n, 2 ** (-n / 2), dtype=complex)
    for gamma, beta in zip(angles[::2], angles[1::2], strict=True):
        mixer = np.cos(beta) * np.eye(2) - 1j * np.sin(beta) * X
        wanted = wanted * np.exp(-1j * gamma * cut)
        psi = wanted.reshape((2,) * n)
        for qubit in range(n):
            psi = np.moveaxis(np.tensordot(mixer, psi, axes=(1, qubit)), 0, qubit)
        wanted = psi.reshape(-1)
    assert abs(np.vdot(wanted, state_of(graph, angles))) == pytest.approx(1.0)


@given(graphs(most=5), ANGLES, ANGLES)
def test_an_outcome_and_its_complement_are_equally_likely(
    graph: Graph, gamma: float, beta: float
) -> None:
    likely = abs(state_of(graph, [gamma, beta])) ** 2
    assert np.allclose(likely, likely[::-1])


@given(graphs(most=5), ANGLES, ANGLES, st.randoms(use_true_random=False))
def test_the_expected_cut_knows_no_names(
    graph: Graph, gamma: float, beta: float, shuffling: random.Random
) -> None:
    places = list(range(len(graph.nodes)))
    shuffling.shuffle(places)
    edges = [
        Edge(*sorted((places[edge.one], places[edge.other])), edge.weight) for edge in graph.edges
    ]
    shuffling.shuffle(edges)
    moved = Graph("moved", graph.nodes, tuple(edges), "a test")
    angles = [gamma, beta, beta, gamma]
    assert expected_cut(moved, angles) == pytest.approx(expected_cut(graph, angles), abs=1e-9)


@settings(max_examples=8)
@given(graphs(most=4, weights=WHOLE), st.integers(1, 2), st.integers(0, 99))
def test_expected_cuts_are_trigonometric_polynomials_of_the_stated_frequencies(
    graph: Graph, layers: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    base = rng.uniform(-3, 3, 2 * layers)
    for k, order in enumerate(frequencies(graph, layers=layers)):
        nodes = 2 * np.pi * np.arange(2 * order + 1) / (2 * order + 1)
        points = np.repeat(base[None, :], len(nodes) + 1, axis=0)
        points[:-1, k] = nodes
        *values, there = (expected_cut(graph, point.tolist()) for point in points)
        coefficients = np.fft.fftshift(np.fft.fft(values)) / len(values)
        waves = np.exp(1j * base[k] * np.arange(-order, order + 1))
        assert there == pytest.approx((waves @ coefficients).real, abs=1e-8)


@pytest.mark.parametrize(("layers", "ratio"), [(1, 3 / 4), (2, 5 / 6)])
def test_a_ring_reaches_what_is_known_of_it(layers: int, ratio: float) -> None:
    ring = named_graph("ring:6")  # 2p + 2 nodes or more: (2p + 1) / (2p + 2), arXiv:1411.4028
    found = minimize(
        lambda angles: -expected_cut(ring, angles), start(ring, layers=layers), tol=1e-6
    )
    assert -found.fun / 6 == pytest.approx(ratio, abs=1e-5)


BIPARTITE = a_graph(6, [(one, other, 1.0) for one in range(3) for other in range(3, 6)])


@pytest.mark.parametrize(
    "graph", [*map(named_graph, ("ring:6", "path:2", "ring:64")), BIPARTITE], ids=lambda g: g.name
)
def test_one_layer_starts_at_the_optimum_of_regular_graphs_without_triangles(graph: Graph) -> None:
    gamma, beta = start(graph, layers=1)
    here = closed_form(graph, gamma, beta)
    steps = np.linspace(-0.3, 0.3, 7)
    around = [closed_form(graph, gamma + x, beta + y) for x in steps for y in steps]
    assert max(around) <= here + 1e-9


@pytest.mark.parametrize("name", ["ring:8", "regular:3:8@2", "gnp:8:0.5@2", "complete:6"])
def test_more_layers_start_better(name: str) -> None:
    graph = named_graph(name)
    found = [expected_cut(graph, start(graph, layers=layers)) for layers in (1, 2, 3, 4)]
    assert found == sorted(found)
    most = maximum(graph)
    assert most is not None
    assert 0.5 * len(graph.edges) < found[0] < found[-1] <= most


@given(graphs(), st.floats(0.01, 100))
def test_the_start_does_not_depend_on_the_unit_of_the_weights(graph: Graph, unit: float) -> None:
    scaled = tuple(Edge(e.one, e.other, e.weight * unit) for e in graph.edges)
    other = Graph("scaled", graph.nodes, scaled, "a test")
    here = expected_cut(graph, start(graph, layers=2))
    assert expected_cut(other, start(other, layers=2)) == pytest.approx(unit * here, abs=1e-7)


@given(graphs(most=8))
def test_one_basis_measures_the_cut(graph: Graph) -> None:
    (found,) = group(ansatz(graph, layers=1).observable)
    assert set(found.basis) <= {"I", "Z"}


@given(graphs(most=8, weights=UNIT), st.integers(1, 3))
def test_a_layer_is_as_deep_as_its_edges_have_colours(graph: Graph, layers: int) -> None:
    busy = [0] * len(graph.nodes)
    for gate in ansatz(graph, layers=layers).circuit.gates:
        if len(gate.qubits) == 2:
            when = 1 + max(busy[qubit] for qubit in gate.qubits)
            for qubit in gate.qubits:
                busy[qubit] = when
    degree = max(Counter(node for e in graph.edges for node in (e.one, e.other)).values())
    assert max(busy) <= layers * (degree + 1)


def test_parameters_are_named_by_their_layers_in_order() -> None:
    assert ansatz(named_graph("ring:4"), layers=2).parameters == (
        "gamma_1", "beta_1", "gamma_2", "beta_2",
    )  # fmt: skip
    many = ansatz(named_graph("ring:4"), layers=10).parameters
    assert (many[0], many[-1]) == ("gamma_01", "beta_10")


@pytest.mark.parametrize("layers", [0, -1, MAX_LAYERS + 1])
def test_layers_out_of_range_are_refused(layers: int) -> None:
    with pytest.raises(BadInput, match="1 to 50 layers"):
        ansatz(named_graph("ring:4"), layers=layers)


def test_optimisers_with_shifts_need_frequencies() -> None:
    assert {name for name in known() if needs_frequencies(name)} == {
        "rotosolve", "l-bfgs-b", "slsqp",
    }  # fmt: skip
