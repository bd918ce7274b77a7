"""The bytes that a target gets say what was planned, in its order."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tasks.core.planning.actions import Unit, program, program_set, units

values = st.floats(-4, 4, allow_nan=False)
unit_lists = st.lists(
    st.one_of(
        st.builds(lambda v: Unit("parametrised", (("a", v), ("b", -v))), values),
        st.just(Unit("fixed", ())),
    ),
    min_size=1,
    max_size=12,
)


@given(unit_lists)
def test_a_program_set_is_read_back_as_it_was_written(wanted: list[Unit]) -> None:
    assert units(program_set(wanted)) == tuple(wanted)


@given(values)
def test_a_single_program_is_read_back_too(value: float) -> None:
    unit = Unit("source", (("a", value),))
    assert units(program(unit)) == (unit,)


def test_neighbours_of_one_source_share_it() -> None:
    action = program_set([Unit("s", (("a", 1.0),)), Unit("s", (("a", 2.0),)), Unit("t", ())])
    (first, second) = json.loads(action)["programs"]
    assert first["source"] == "s"
    assert first["inputs"] == {"a": [1.0, 2.0]}
    assert second["inputs"] == {}
