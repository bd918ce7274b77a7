"""A cut is minus an energy, both sides of it are alike, and the largest is found."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.graphs import Edge, Graph
from tasks.core.physics.cuts import EXACT_NODES, are, cuts, hamiltonian, maximum, problem
from tasks.core.physics.graph_families import named_graph
from tasks.core.physics.hamiltonian import expectation
from tasks.core.physics.spectrum import lowest_energy
from tests.tasks.core.physics.graphs import every_cut, graphs


def outcomes(graph: Graph) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.arange(2 ** len(graph.nodes), dtype=np.uint64)


@given(graphs())
def test_each_outcome_cuts_what_its_sides_do(graph: Graph) -> None:
    assert np.allclose(cuts(graph, outcomes(graph)), every_cut(graph))


@given(graphs(), st.data())
def test_the_energy_of_an_outcome_is_minus_its_cut(graph: Graph, data: st.DataObject) -> None:
    n = len(graph.nodes)
    outcome = data.draw(st.integers(0, 2**n - 1))
    amplitude = int(f"{outcome:0{n}b}"[::-1], 2)  # qubit 0 is the most significant there
    state = np.eye(2**n)[amplitude].astype(complex)
    assert expectation(hamiltonian(graph), state) == pytest.approx(-every_cut(graph)[outcome])


@given(graphs())
def test_both_sides_of_a_cut_are_alike(graph: Graph) -> None:
    found = cuts(graph, outcomes(graph))
    assert np.allclose(found, found[::-1])


@given(graphs(most=8))
def test_the_maximum_is_that_of_all_cuts_and_minus_the_lowest_energy(graph: Graph) -> None:
    assert maximum(graph) == pytest.approx(max(every_cut(graph)))
    exact = problem(graph).exact_energy
    assert exact == pytest.approx(lowest_energy(hamiltonian(graph)), abs=1e-9)


@given(graphs(), st.randoms(use_true_random=False))
def test_the_maximum_knows_no_names(graph: Graph, shuffling: random.Random) -> None:
    places = list(range(len(graph.nodes)))
    shuffling.shuffle(places)
    moved = tuple(
        Edge(*sorted((places[edge.one], places[edge.other])), edge.weight) for edge in graph.edges
    )
    assert maximum(Graph("moved", graph.nodes, moved, "a test")) == pytest.approx(maximum(graph))


@given(graphs())
def test_cuts_are_one_however_their_weights_were_added_up(graph: Graph) -> None:
    backwards = Graph("mine", graph.nodes, graph.edges[::-1], "a test")
    most = maximum(graph)
    assert most is not None
    here, there = (cuts(each, outcomes(graph)) for each in (graph, backwards))
    assert (are(here, most, graph=graph) == are(there, most, graph=graph)).all()
    assert are(here, most, graph=graph).sum() >= 2


@pytest.mark.parametrize(
    ("name", "most"),
    [("ring:8", 8), ("ring:9", 8), ("path:6", 5), ("complete:5", 6), ("grid:3:4", 17)],
)
def test_known_graphs_have_their_known_cuts(name: str, most: float) -> None:
    assert maximum(named_graph(name)) == most


def test_the_maximum_of_many_nodes_is_not_known() -> None:
    assert maximum(named_graph(f"ring:{EXACT_NODES + 1}")) is None
    assert problem(named_graph("ring:64")).exact_energy is None


@pytest.mark.slow
def test_the_maximum_is_known_of_as_many_nodes_as_is_said() -> None:
    assert maximum(named_graph(f"complete:{EXACT_NODES}")) == EXACT_NODES**2 / 4
