"""Circuits as people have them become Braket's gates, and mean what they meant."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.records.circuits import Angle, Circuit, Gate
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.compilation.translation import SOURCE_GATES
from tasks.core.qasm.circuit import ReadCircuit
from tasks.core.qasm.library import ALIASES, DEFINED, definitions
from tasks.core.qasm.reading import read_circuit
from tests.tasks.core.compilation.reference import Matrix, isometry

HEAD = 'OPENQASM 3.0; include "stdgates.inc"; '
OLD = 'OPENQASM 2.0; include "qelib1.inc"; '

angles = st.builds(
    lambda constant, weights: sum(
        (Angle(0.0, ((name, weight),)) for name, weight in weights.items()), Angle(constant)
    ),
    st.floats(-7, 7).map(lambda x: x + 0.0),
    st.dictionaries(
        st.sampled_from(["alpha", "theta_0", "theta_1"]), st.floats(-3, 3).filter(bool), max_size=2
    ),
)


@st.composite
def gates(draw: st.DrawFn) -> Gate:
    name = draw(st.sampled_from(sorted(SOURCE_GATES)))
    n_qubits, n_angles = SOURCE_GATES[name]
    qubits = draw(st.permutations(range(4)))[:n_qubits]
    return Gate(name, tuple(qubits), tuple(draw(angles) for _ in range(n_angles)))


def read(text: str) -> ReadCircuit:
    return read_circuit(text, origin="it.qasm")


def unitary(circuit: Circuit, values: dict[str, float] | None = None) -> Matrix:
    qubits = range(circuit.n_qubits)
    return isometry(circuit, starts=qubits, ends=qubits, values=values or {})


def same_up_to_phase(one: Matrix, other: Matrix) -> bool:
    return bool(abs(abs(np.vdot(one, other)) / len(one) - 1) < 1e-9)


@given(st.lists(gates(), max_size=12), st.permutations(range(4)))
def test_what_this_project_writes_is_read_as_it_was(made: list[Gate], order: list[int]) -> None:
    circuit = Circuit(4, tuple(made))
    found = read(to_openqasm(circuit, measured_qubits=order, verbatim=False))
    assert found.circuit == circuit
    assert found.parameters == circuit.parameters
    assert found.measured_qubits == tuple(order)
    assert not found.derivations


@given(st.lists(gates(), max_size=8))
def test_the_text_of_a_circuit_is_the_same_however_often_it_is_read(made: list[Gate]) -> None:
    once = read(to_openqasm(Circuit(4, tuple(made)), measured_qubits=None, verbatim=False))
    again = read(once.source)
    assert again.source == once.source
    assert again.digest == once.digest


OLD_GATES = sorted(
    (ALIASES["qelib1.inc"].keys() | DEFINED["qelib1.inc"]) - {"CX", "u0", "c3sx"}
)  # qiskit's u0 is a delay, and it reads no c3sx
SHAPES = {name: SOURCE_GATES[target] for name, target in ALIASES["qelib1.inc"].items()} | {
    name: definitions()[name].shape for name in DEFINED["qelib1.inc"]
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OLD_GATES)
def test_a_gate_of_the_old_library_means_what_qiskit_says(name: str) -> None:
    qasm2 = pytest.importorskip("qiskit.qasm2")
    from qiskit.quantum_info import Operator

    n_qubits, n_angles = SHAPES[name]
    given_angles = ", ".join(["0.3", "-1.1", "2.3", "0.7"][:n_angles])
    call = f"{name}({given_angles})" if n_angles else name
    order = ", ".join(f"q[{i}]" for i in range(n_qubits))
    text = f"{OLD} qreg q[{n_qubits}]; {call} {order};"
    theirs = qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    expected = Operator(theirs.reverse_bits()).data
    assert same_up_to_phase(unitary(read(text).circuit), expected)


@pytest.mark.slow
def test_the_root_of_x_with_three_controls_is_qiskit_s() -> None:
    library = pytest.importorskip("qiskit.circuit.library")
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Operator

    theirs = QuantumCircuit(4)
    theirs.append(library.C3SXGate(), range(4))
    text = f"{OLD} qreg q[4]; c3sx q[0], q[1], q[2], q[3];"
    expected = Operator(theirs.reverse_bits()).data
    assert same_up_to_phase(unitary(read(text).circuit), expected)


@pytest.mark.parametrize("name", sorted(ALIASES["stdgates.inc"].keys() | DEFINED["stdgates.inc"]))
def test_a_gate_of_the_new_library_means_what_the_old_one_means(name: str) -> None:
    old = {"phase": "p", "cphase": "cp"}.get(name, name)
    n_qubits, n_angles = SHAPES[old]
    call = f"({', '.join(['0.3', '-1.1', '2.3', '0.7'][:n_angles])})" if n_angles else ""
    order = ", ".join(f"q[{i}]" for i in range(n_qubits))
    new = read(f"{HEAD} qubit[{n_qubits}] q; {name}{call} {order};")
    assert new.circuit == read(f"{OLD} qreg q[{n_qubits}]; {old}{call} {order};").circuit


MODIFIED = [
    "ctrl @ x q[0], q[1];",
    "ctrl(2) @ x q[2], q[0], q[1];",
    "ctrl(3) @ x q[2], q[0], q[1], q[3];",
    "ctrl(4) @ z q[2], q[0], q[1], q[3], q[4];",
    "negctrl @ ry(0.4) q[0], q[1];",
    "ctrl @ U(0.3, 0.4, 0.5) q[0], q[1];",
    "ctrl @ inv @ U(0.3, 0.4, 0.5) q[0], q[1];",
    "ctrl(2) @ phaseshift(0.9) q[0], q[1], q[2];",
    "ctrl @ rx(0.7) q[1], q[0];",
    "ctrl @ h q[1], q[0];",
    "ctrl @ y q[1], q[0];",
    "ctrl(2) @ y q[1], q[0], q[2];",
    "ctrl @ s q[1], q[0];",
    "ctrl @ ti q[1], q[0];",
    "ctrl(2) @ v q[1], q[0], q[2];",
    "ctrl @ vi q[1], q[0];",
    "ctrl @ swap q[1], q[0], q[2];",
    "ctrl(2) @ swap q[1], q[0], q[2], q[3];",
    "ctrl @ cz q[1], q[0], q[2];",
    "ctrl @ zz(0.8) q[1], q[0], q[2];",
    "ctrl @ xx(0.8) q[1], q[0], q[2];",
    "ctrl @ gphase(0.6) q[1];",
    "ctrl(2) @ gphase(0.6) q[1], q[0];",
    "inv @ gpi2(0.3) q[0];",
    "inv @ prx(0.3, 0.8) q[0];",
    "inv @ iswap q[0], q[1];",
    "inv @ cv q[0], q[1];",
    "inv @ ms(0.1, 0.2, 0.3) q[0], q[1];",
    "inv @ pswap(0.3) q[0], q[1];",
    "inv @ xy(0.3) q[0], q[1];",
    "inv @ ecr q[0], q[1];",
    "pow(3) @ t q[0];",
    "pow(-2) @ s q[0];",
    "pow(0) @ x q[0];",
    "ctrl @ pow(2) @ t q[0], q[1];",
]


@pytest.mark.slow
@pytest.mark.parametrize("text", MODIFIED)
def test_a_modified_gate_means_what_braket_says(text: str) -> None:
    from braket.circuits import Circuit as BraketCircuit

    every = "".join(f"h q[{i}];" for i in range(5))
    whole = f"OPENQASM 3.0; qubit[5] q; {every} {text}"
    expected = BraketCircuit.from_ir(whole).to_unitary()
    assert same_up_to_phase(unitary(read(whole).circuit), expected)


def test_the_first_modifier_takes_the_first_qubit() -> None:
    found = unitary(read(f"{HEAD} qubit[3] q; ctrl @ negctrl @ z q[0], q[2], q[1];").circuit)
    signs = [-1 if index == 0b110 else 1 for index in range(8)]  # q0 and q1 are 1, q2 is 0
    assert np.allclose(found, np.diag(signs))


def run(text: str) -> Matrix:
    return unitary(read(text).circuit)


def test_a_gate_of_its_own_is_expanded_with_its_angles() -> None:
    own = f"{HEAD} gate turn(a, b) c, d {{ rx(a/2) c; cx c, d; inv @ rz(2*b) d; }} qubit[2] q; "
    plain = f"{HEAD} qubit[2] q; "
    assert np.allclose(
        run(f"{own} turn(0.4, pi) q[1], q[0];"),
        run(f"{plain} rx(0.2) q[1]; cx q[1], q[0]; rz(-2*pi) q[0];"),
    )


def test_its_own_definition_comes_before_the_library_and_braket() -> None:
    found = read(f"{OLD} gate h a {{ x a; }} qreg q[1]; h q[0];")
    assert found.circuit.gates == (Gate("x", (0,)),)


def test_a_constant_is_known_in_a_gate_and_a_caller_s_parameter_is_not() -> None:
    text = (
        f"{HEAD} const float c = 0.5; gate inner a {{ rx(c) a; }} "
        "gate outer(c) a { inner a; rz(c) a; } qubit q; outer(2) q;"
    )
    first, second = read(text).circuit.gates
    assert first.angles == (Angle(0.5),)
    assert second.angles == (Angle(2.0),)


@pytest.mark.parametrize(
    ("call", "gates_made"),
    [
        ("h a;", [("h", (0,)), ("h", (1,))]),
        ("cx a, b;", [("cnot", (0, 2)), ("cnot", (1, 3))]),
        ("cx a[1], b;", [("cnot", (1, 2)), ("cnot", (1, 3))]),
        ("cx b, c;", [("cnot", (2, 4)), ("cnot", (3, 4))]),
        ("x b[0:1];", [("x", (2,)), ("x", (3,))]),
        ("x b[-1];", [("x", (3,))]),
        ("for int i in [0:1] { cx a[i], b[1-i]; }", [("cnot", (0, 3)), ("cnot", (1, 2))]),
        ("for uint i in {1, 0} x a[i];", [("x", (1,)), ("x", (0,))]),
        ("for int i in [1:-1:0] x a[i];", [("x", (1,)), ("x", (0,))]),
        ("barrier a, c; barrier; x c;", [("x", (4,))]),
        ("reset a; x c;", [("x", (4,))]),
    ],
)
def test_registers_and_loops_are_spread_over_their_qubits(
    call: str, gates_made: list[tuple[str, tuple[int, ...]]]
) -> None:
    found = read(f"{HEAD} qubit[2] a; qubit[2] b; qubit c; {call}")
    assert [(gate.name, gate.qubits) for gate in found.circuit.gates] == gates_made


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("", (0, 1, 2)),
        ("bit[3] c; c = measure q;", (0, 1, 2)),
        ("bit[2] c; c[0] = measure q[2]; c[1] = measure q[0];", (2, 0)),
        ("bit[2] c; c[1] = measure q[2]; c[0] = measure q[0];", (0, 2)),
        ("bit[2] c = measure q[1:2];", (1, 2)),
        ("bit c = measure q[1];", (1,)),
        ("creg c[3]; measure q -> c;", (0, 1, 2)),
        ("bit[2] a; bit[2] b; b[0] = measure q[0]; a[1] = measure q[1];", (1, 0)),
        ("measure q[2]; measure q[0];", (2, 0)),
        ("bit[9] c; c[7] = measure q[0]; c[2] = measure q[1];", (1, 0)),
        ("bit c; c = measure q[0]; c = measure q[1];", (1,)),
        ("bit[2] c; c = measure q[0:1]; c[0] = measure q[2];", (2, 1)),
    ],
)
def test_measured_qubits_are_in_the_order_of_their_bits(
    text: str, measured: tuple[int, ...]
) -> None:
    assert read(f"{HEAD} qubit[3] q; h q; {text}").measured_qubits == measured


def test_old_text_takes_unknown_names_in_angles_for_parameters() -> None:
    found = read(f"{OLD} qreg q[2]; creg c[2]; u3(theta, 0, -phi/2) q[0]; measure q -> c;")
    assert found.parameters == ("phi", "theta")
    assert found.circuit.gates[0].angles[2] == Angle(0.0, (("phi", -0.5),))


def test_a_parameter_that_no_gate_uses_is_still_one() -> None:
    found = read(f"{HEAD} input float theta; input angle[32] unused; qubit q; rx(theta) q;")
    assert found.parameters == ("theta", "unused")
    assert found.values(np.array([[1.0, 2.0]])).tolist() == [[1.0]]


def test_names_comments_and_spelling_do_not_count() -> None:
    one = read(f"{HEAD} input float a; qubit[2] q; rx(2*a) q[0]; cx q[0], q[1];")
    other = read(
        "/* a comment */ OPENQASM 3;\n#comment\n".replace("#comment", "// more")
        + "input float[64] a; qubit x; qubit y; rx(a + a) x; CX x, y; bit[2] z;"
    )
    assert one.digest == other.digest
    assert one.source == other.source


FORMULAS = [
    "sin(a)*b + 2", "a*b", "a**2", "pow(a, 2) - b**2", "-a**2", "a/(b + 4)", "exp(a)/2 - cos(b)",
    "sqrt(a*a + b*b)", "arctan(a) + arcsin(b/4) - arccos(b/4)", "log(a + 4)", "tan(a/8)",
    "mod(a + 8, 2)", "2*(a + b)*pi/3", "-(a - b) + 0.5", "a*0 + b", "2**-1*a", "pi/2*a - tau/b",
]  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
@given(point=st.tuples(st.floats(-3, 3), st.floats(0.5, 3)))
@settings(max_examples=15)
def test_an_angle_is_worth_what_its_formula_says(formula: str, point: Sequence[float]) -> None:
    found = read(f"{HEAD} input float a; input float b; qubit q; rx({formula}) q;")
    (value,) = found.values(np.array([point]))
    names = found.circuit.parameters
    bound = found.circuit.gates[0].angles[0].bind(dict(zip(names, value.tolist(), strict=True)))
    functions = {
        "arcsin": math.asin, "arccos": math.acos, "arctan": math.atan, "mod": lambda x, y: x % y,
    }  # fmt: skip
    a, b = point
    expected = eval(formula, vars(math) | functions | {"a": a, "b": b})  # noqa: S307 - our own formulas
    assert bound == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_equal_formulas_are_derived_once() -> None:
    found = read(f"{HEAD} input float a; input float b; qubit q; rx(a*b) q; ry(b*a + 1) q;")
    assert [made.name for made in found.derivations] == ["derived_0"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0/2", 0.5),
        ("4/2", 2.0),
        ("-3", -3.0),
        ("7 % 4", 3.0),
        ("2**3", 8.0),
        ("1_000", 1000.0),
        ("π", math.pi),
    ],
)
def test_a_number_is_worth_what_it_says(text: str, value: float) -> None:
    assert read(f"{HEAD} qubit q; rx({text}) q;").circuit.gates[0].angles == (Angle(value),)


def test_whole_numbers_divide_as_numbers_in_old_text() -> None:
    assert read(f"{OLD} qreg q[1]; rx(1/2) q[0];").circuit.gates[0].angles == (Angle(0.5),)
    assert read(f"{OLD} qreg q[1]; rx(2^3) q[0];").circuit.gates[0].angles == (Angle(8.0),)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SOURCE_GATES))
def test_braket_reads_the_source_as_the_same_gates(name: str) -> None:
    from braket.circuits import Circuit as BraketCircuit

    n_qubits, n_angles = SOURCE_GATES[name]
    call = f"({', '.join(['0.3', '2*a*b', 'b-0.7'][:n_angles])})" if n_angles else ""
    order = ", ".join(f"q[{n_qubits - 1 - i}]" for i in range(n_qubits))
    inputs = "input float a; input float b;"
    found = read(f"OPENQASM 3.0; {inputs} qubit[3] q; h q; {name}{call} {order};")
    names = found.circuit.parameters
    (values,) = found.values(np.array([[0.4, 1.1]]))
    bound = dict(zip(names, values.tolist(), strict=True))
    theirs = BraketCircuit.from_ir(found.source, inputs=bound)
    gates_of = [each for each in theirs.instructions if each.operator.name != "Measure"]
    assert same_up_to_phase(unitary(found.circuit, bound), BraketCircuit(gates_of).to_unitary())
