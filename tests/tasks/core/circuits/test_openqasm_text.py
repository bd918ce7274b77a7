"""OpenQASM text: deterministic, exact, and accepted by Braket's own parser."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.records.circuits import Angle, Circuit, Gate
from tasks.core.circuits.openqasm import to_openqasm
from tasks.errors import BadInput

BELL = Circuit(2, (Gate("h", (0,)), Gate("cnot", (0, 1))))


def rotated(angle: Angle, *, qubit: int = 0) -> Circuit:
    return Circuit(1, (Gate("rx", (qubit,), (angle,)),))


def body(circuit: Circuit) -> str:
    lines = to_openqasm(circuit, measured_qubits=None, verbatim=False).splitlines()
    return next(line for line in lines if line.startswith("rx"))


def test_a_circuit_on_a_register_measures_in_the_given_order() -> None:
    assert to_openqasm(BELL, measured_qubits=(1, 0), verbatim=False).splitlines() == [
        "OPENQASM 3.0;",
        "bit[2] b;",
        "qubit[2] q;",
        "h q[0];",
        "cnot q[0], q[1];",
        "b[0] = measure q[1];",
        "b[1] = measure q[0];",
    ]


def test_a_verbatim_circuit_stands_in_a_box_on_physical_qubits() -> None:
    circuit = Circuit(2, (Gate("cz", (8, 3)),))
    assert to_openqasm(circuit, measured_qubits=(8, 3), verbatim=True).splitlines() == [
        "OPENQASM 3.0;",
        "bit[2] b;",
        "#pragma braket verbatim",
        "box{",
        "cz $8, $3;",
        "}",
        "b[0] = measure $8;",
        "b[1] = measure $3;",
    ]


def test_labels_beyond_the_program_are_packed_in_their_order() -> None:
    circuit = Circuit(2, (Gate("cz", (8, 3)),))
    text = to_openqasm(circuit, measured_qubits=(8, 3), verbatim=False)
    assert "qubit[2] q;\ncz q[1], q[0];\nb[0] = measure q[1];" in text


def test_qubits_that_no_gate_touches_stay_in_the_register() -> None:
    assert "qubit[3] q;" in to_openqasm(Circuit(3, ()), measured_qubits=None, verbatim=False)


def test_inputs_are_sorted() -> None:
    circuit = Circuit(1, tuple(Gate("rx", (0,), (Angle(0, ((n, 1.0),)),)) for n in "zma"))
    text = to_openqasm(circuit, measured_qubits=None, verbatim=False)
    assert [line for line in text.splitlines() if line.startswith("input")] == [
        "input float a;",
        "input float m;",
        "input float z;",
    ]


@pytest.mark.parametrize(
    ("angle", "text"),
    [
        (Angle(), "rx(0.0) q[0];"),
        (Angle(-0.1), "rx(-0.1) q[0];"),
        (Angle(0.0, (("a", 1.0),)), "rx(a) q[0];"),
        (Angle(0.5, (("a", -1.0), ("c", 2.0))), "rx(-a+2.0*c+0.5) q[0];"),
        (Angle(-1e-9, (("a", -0.25),)), "rx(-0.25*a-1e-09) q[0];"),
    ],
)
def test_angles_are_written_exactly_and_without_needless_parts(angle: Angle, text: str) -> None:
    assert body(rotated(angle)) == text


def test_register_names_step_aside_for_parameters() -> None:
    circuit = rotated(Angle(0.0, (("b", 1.0), ("q", 1.0))))
    text = to_openqasm(circuit, measured_qubits=(0,), verbatim=False)
    assert "bit[1] b_;" in text
    assert "rx(b+q) q_[0];" in text


@pytest.mark.parametrize("name", ["theta[0]", "1a", "pi", "measure", "", "a b", "a;"])
def test_a_name_that_openqasm_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="cannot be the name of a parameter"):
        to_openqasm(rotated(Angle(0.0, ((name, 1.0),))), measured_qubits=None, verbatim=True)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_an_angle_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(BadInput, match="not a finite number"):
        body(rotated(Angle(value)))


NUMBERS = st.floats(-1e6, 1e6)


@pytest.mark.slow
@given(NUMBERS, st.dictionaries(st.sampled_from(("a", "q", "b", "x1")), NUMBERS, max_size=3))
@settings(max_examples=60, deadline=None)
def test_brakets_parser_reads_back_the_same_angle(
    constant: float, weights: dict[str, float]
) -> None:
    from braket.default_simulator.openqasm.interpreter import Interpreter

    angle = Angle(constant) + Angle(0.0, tuple(sorted((n, w) for n, w in weights.items() if w)))
    values = {"a": 0.3, "q": -1.7, "b": 2.0, "x1": 0.001}
    inputs = {name: values[name] for name, _ in angle.terms}
    text = to_openqasm(rotated(angle), measured_qubits=(0,), verbatim=False)
    parsed = Interpreter().build_circuit(text, inputs=inputs)
    meant = angle.bind(values)
    (gate,) = parsed.instructions
    assert math.isclose(float(gate._angle), meant, rel_tol=1e-9, abs_tol=1e-9)  # noqa: SLF001  # the parser has no public way to its angles


@pytest.mark.slow
@pytest.mark.parametrize("verbatim", [False, True])
def test_the_local_simulator_measures_the_qubits_in_the_given_order(verbatim: bool) -> None:
    from braket.devices import LocalSimulator
    from braket.ir.openqasm import Program as OpenQasm

    circuit = Circuit(3, (Gate("x", (0,)), Gate("rx", (2,), (Angle(0.0, (("a", 2.0),)),))))
    text = to_openqasm(circuit, measured_qubits=(2, 1, 0), verbatim=verbatim)
    task = LocalSimulator("braket_sv").run(OpenQasm(source=text, inputs={"a": 0.0}), shots=10)
    assert dict(task.result().measurement_counts) == {"001": 10}
