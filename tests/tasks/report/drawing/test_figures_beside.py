"""Maps that are compared with each other have one scale of colours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.report.drawing.figures import colours_of, heat_map

VALUES = st.lists(st.floats(-2, 2), min_size=4, max_size=4)


@given(VALUES, VALUES)
def test_a_value_has_one_colour_on_maps_beside_each_other(
    one: list[float], other: list[float]
) -> None:
    first, second = colours_of([*one, *one, *other]), colours_of([*other, *one, *other])
    assert first == second
    assert first["vmin"] <= min(*one, *other) <= max(*one, *other) <= first["vmax"]


@pytest.mark.parametrize("beside", [[], [-1.0, 0.5]])
def test_a_map_is_drawn_with_and_without_others(beside: list[float]) -> None:
    drawn = heat_map([0, 1, 0, 1], [0, 0, 1, 1], [1, 2, 3, 4], names=("a", "b", "c"), beside=beside)
    assert "c over a and b" in drawn
