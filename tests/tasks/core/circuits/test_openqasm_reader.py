"""What this project writes as OpenQASM, it reads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.circuits import Angle, Circuit, Gate
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.circuits.openqasm_reader import from_openqasm
from tasks.errors import BadInput

angles = st.builds(
    lambda constant, weights: sum(
        (Angle(0.0, ((name, 1.0),)) * weight for name, weight in weights.items()), Angle(constant)
    ),
    st.floats(-7, 7, allow_nan=False).map(lambda x: x + 0.0),
    st.dictionaries(
        st.sampled_from(["alpha", "theta_0", "theta_1"]),
        st.floats(-3, 3, allow_nan=False).filter(bool),
        max_size=2,
    ),
)
labels = st.sampled_from([3, 8, 9, 13])
gates = st.one_of(
    st.builds(lambda q, a, b: Gate("prx", (q,), (a, b)), labels, angles, angles),
    st.builds(lambda q, a: Gate("rz", (q,), (a,)), labels, angles),
    st.builds(
        lambda pair: Gate("cz", tuple(pair)), st.permutations([3, 8, 9, 13]).map(lambda p: p[:2])
    ),
)


@given(st.lists(gates, max_size=15), st.permutations([3, 8, 9, 13]))
def test_writing_and_reading_changes_nothing(made: list[Gate], measured: list[int]) -> None:
    circuit = Circuit(4, tuple(made))
    text = to_openqasm(circuit, measured_qubits=measured, verbatim=True)
    found, order = from_openqasm(text)
    assert order == tuple(measured)
    assert len(found.gates) == len(circuit.gates)
    for read, written in zip(found.gates, circuit.gates, strict=True):
        assert (read.name, read.qubits) == (written.name, written.qubits)
        for one, other in zip(read.angles, written.angles, strict=True):
            assert one.terms == other.terms
            assert one.constant == pytest.approx(other.constant, abs=1e-15)


@pytest.mark.parametrize(
    "line",
    [
        "if (b == 1) x $0;",
        "rx(sin(theta)) $0;",
        "rx(a*b) $0;",
        "rx(1;2) $0;",
        "x q;",
        "include 'a';",
    ],
)
def test_what_it_would_not_have_written_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(BadInput, match="Line 2 of the OpenQASM cannot be read"):
        from_openqasm(f"OPENQASM 3.0;\n{line}\n")
