"""Edges of one colour never meet, and there are as few colours as Vizing promises."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.physics.edge_colouring import Pair, colour_edges

every = list(combinations(range(9), 2))
pairs = st.lists(st.sampled_from(every), min_size=1, unique=True)


@given(pairs)
def test_edges_of_one_colour_never_meet(edges: list[Pair]) -> None:
    colours = colour_edges(edges)
    ends = Counter(
        (node, colour) for pair, colour in zip(edges, colours, strict=True) for node in pair
    )
    assert set(ends.values()) == {1}


@given(pairs)
def test_there_is_at_most_one_colour_more_than_a_node_has_neighbours(edges: list[Pair]) -> None:
    degree = max(Counter(node for pair in edges for node in pair).values())
    colours = colour_edges(edges)
    assert degree <= len(set(colours)) <= degree + 1
    assert set(colours) == set(range(len(set(colours))))


@pytest.mark.parametrize(("n_nodes", "colours"), [(8, 2), (9, 3), (64, 2)])
def test_a_ring_has_two_colours_or_three(n_nodes: int, colours: int) -> None:
    ring = [(k, k + 1) for k in range(n_nodes - 1)]
    assert len(set(colour_edges([*ring, (0, n_nodes - 1)]))) == colours
