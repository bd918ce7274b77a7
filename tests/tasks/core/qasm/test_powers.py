"""A gate's power that is no whole number is the principal one, also under modifiers."""

import cmath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import fractional_matrix_power

from datasets.records.circuits import Angle
from tasks.core.qasm.modifiers import Step
from tasks.core.qasm.powers import _matrix, power
from tasks.core.qasm.reading import read_circuit
from tasks.errors import BadInput
from tests.tasks.core.compilation.reference import Matrix, isometry

FIXED = ["i", "h", "x", "y", "z", "s", "si", "t", "ti", "v", "vi"]
TURNED = {"rx": 1, "ry": 1, "rz": 1, "phaseshift": 1, "U": 3, "gpi": 1, "gpi2": 1, "prx": 2}
PUBLISHED = """OPENQASM 3.0;
gate p(λ) a { ctrl @ gphase(λ) a; }
gate x a { U(π, 0, π) a; gphase(-π/2); }
gate y a { U(π, π/2, π/2) a; gphase(-π/2); }
gate z a { p(π) a; }
gate s a { pow(1/2) @ z a; }
gate sdg a { inv @ pow(1/2) @ z a; }
gate t a { pow(1/2) @ s a; }
gate tdg a { inv @ pow(1/2) @ s a; }
gate sx a { pow(1/2) @ x a; }
qubit[2] q;
"""
angles = st.floats(-6, 6).map(lambda value: value + 0.0)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    name = draw(st.sampled_from([*FIXED, *TURNED]))
    return Step(name, (0,), tuple(Angle(draw(angles)) for _ in range(TURNED.get(name, 0))))


def product(made: tuple[Step, ...] | list[Step]) -> Matrix:
    found: Matrix = np.eye(2, dtype=complex)
    for step in made:
        found = _matrix(step) @ found
    return found


def run(text: str) -> Matrix:
    circuit = read_circuit(text, origin="it.qasm").circuit
    return isometry(
        circuit, starts=range(circuit.n_qubits), ends=range(circuit.n_qubits), values={}
    )


def same_up_to_phase(one: Matrix, other: Matrix) -> bool:
    return bool(abs(abs(np.vdot(one, other)) / len(one) - 1) < 1e-9)


@given(st.lists(steps(), min_size=1, max_size=4), st.floats(-3, 3))
def test_a_power_is_the_principal_one(made: list[Step], exponent: float) -> None:
    whole = product(made)
    phases = np.angle(np.linalg.eigvals(whole))
    if np.abs(np.abs(phases) - np.pi).min() < 1e-6:
        return  # minus one has two logarithms, and rounding decides
    assert np.allclose(product(power(made, exponent)), fractional_matrix_power(whole, exponent))


@given(st.lists(steps(), min_size=1, max_size=4), st.integers(1, 6))
def test_a_root_as_often_as_it_says_is_the_gate(made: list[Step], parts: int) -> None:
    root = product(power(made, 1 / parts))
    assert np.allclose(np.linalg.matrix_power(root, parts), product(made), atol=1e-7)


@pytest.mark.parametrize("gate", ["cnot", "cz", "cv", "swap", "iswap", "ccnot", "xx(0.7)", "xy(2)"])
@pytest.mark.parametrize("parts", [2, 3, 5])
def test_a_root_of_a_gate_on_several_qubits_is_one(gate: str, parts: int) -> None:
    head = "OPENQASM 3.0; qubit[3] q; "
    on = "q[0], q[2], q[1];" if gate == "ccnot" else "q[2], q[0];"
    roots = f"pow(1/{parts}) @ {gate} {on}" * parts
    assert np.allclose(
        run(head + roots) / cmath.exp(1j * cmath.phase(run(head + roots)[0, 0])),
        run(f"{head}{gate} {on}") / cmath.exp(1j * cmath.phase(run(f"{head}{gate} {on}")[0, 0])),
        atol=1e-9,
    )


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("sx q[0]; sx q[0];", "x"), ("s q[0];", "s"), ("sdg q[0];", "si"), ("t q[0];", "t"),
        ("tdg q[0];", "ti"), ("sx q[0];", "v"), ("t q[0]; t q[0]; t q[0]; t q[0];", "z"),
        ("pow(0.25) @ x q[0]; pow(3/4) @ x q[0];", "x"), ("pow(-1/2) @ z q[0];", "si"),
        ("pow(2/2) @ y q[0];", "y"), ("pow(4/2) @ s q[0];", "z"),
    ],
)  # fmt: skip
def test_gates_of_the_published_library_mean_what_they_say(call: str, expected: str) -> None:
    wanted = run(f"OPENQASM 3.0; qubit[2] q; {expected} q[0];")
    assert same_up_to_phase(run(PUBLISHED + call), wanted)


def test_a_controlled_root_of_x_is_cv() -> None:
    head = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; '
    found = run(f"{head} ctrl @ pow(1/2) @ x q[0], q[1];")
    assert same_up_to_phase(found, run(f"{head} cv q[0], q[1];"))


def test_a_root_of_a_rotation_with_a_parameter_turns_by_a_part_of_it() -> None:
    read = read_circuit(
        "OPENQASM 3.0; input float a; qubit q; pow(1/2) @ rx(2*a) q;", origin="it.qasm"
    )
    assert read.circuit.gates[0].angles == (Angle(0.0, (("a", 1.0),)),)


def test_a_root_of_several_gates_on_several_qubits_is_refused() -> None:
    with pytest.raises(BadInput, match="Write it out"):
        power([Step("h", (0,)), Step("cnot", (0, 1))], 0.5)
