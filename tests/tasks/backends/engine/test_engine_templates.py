"""A template with its numbers put back is the program it came from."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tasks.backends.engine.templates import Seen, lifted

numbers = st.floats(-10, 10).map(repr)
lines = st.one_of(
    st.builds("rx({}) q[0];".format, numbers),
    st.builds("prx({}, {}) $3;".format, numbers, numbers),
    st.builds("gphase({});".format, numbers),
    st.sampled_from(
        ["h q[1];", "rx(2) q[0];", "pow(0.5) @ x q[0];", "rz(1.5*pi) q[0];", "box{", "}"]
    ),
    st.just("#pragma braket noise depolarizing(0.1) q[0]"),
)


@given(st.lists(lines, max_size=8))
def test_putting_the_numbers_back_gives_the_program(body: list[str]) -> None:
    source = "\n".join(["OPENQASM 3.0;", "qubit[2] q;", *body]) + "\n"
    found = lifted(source)
    if found is None:
        assert not any(re.match(r"(rx|prx|gphase)\(-?\d+\.", line) for line in body)
        return
    text, values = found
    for name, value in reversed(values):
        text = text.replace(f"input float {name};\n", "").replace(name, repr(value))
    assert text == source


def test_what_is_not_a_gate_s_number_stays() -> None:
    kept = ["pow(0.5) @ x q[0];", "rx(2) q[0];", "#pragma braket noise bit_flip(0.1) q[0]"]
    source = "\n".join(["OPENQASM 3.0;", "qubit[1] q;", *kept, "rx(0.5) q[0];\n"])
    found = lifted(source)
    assert found is not None
    assert all(line in found[0].splitlines() for line in kept)
    assert found[1] == (("lifted_number_0", 0.5),)


def test_definitions_and_branches_are_left_alone() -> None:
    assert lifted("OPENQASM 3.0;\nqubit[1] q;\ngate a b {\nrx(0.5) b;\n}\n") is None


def test_a_template_is_known_from_its_second_time_on() -> None:
    seen = Seen()
    assert [seen.again(text) for text in ("a", "b", "a", "a")] == [False, False, True, True]
