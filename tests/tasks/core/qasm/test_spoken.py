"""Texts as exporters and people write them: names of any script, first values, large angles."""

import math
import unicodedata
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.circuits import Angle
from datasets.records.parameters import called, is_identifier
from tasks.core.circuits.angles import turned_by, wrapped
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.circuits.openqasm_reader import from_openqasm
from tasks.core.qasm.circuit import ReadCircuit
from tasks.core.qasm.reading import read_circuit
from tasks.core.sweeps.points import check_parameters
from tasks.core.sweeps.points_language import parse_points
from tasks.errors import BadInput
from tests.tasks.core.compilation.reference import isometry

HEAD = 'OPENQASM 3.0; include "stdgates.inc"; '
PI = Fraction(
    3141592653589793238462643383279502884197169399375105820974944592307816406286208998628034825,
    10**90,
)


def read(text: str) -> ReadCircuit:
    return read_circuit(text, origin="it.qasm")


def ones(text: str) -> float:
    """Return the probability of 1 on the one qubit of a circuit."""
    made = isometry(read(text).circuit, starts=[0], ends=[0], values={})
    return float(abs(made[1, 0]) ** 2)


@pytest.mark.parametrize("name", ["θ", "φ_1", "_θ_0_", "Δt", "λ", "угол", "角度", "ángulo", "ℵ0"])
def test_a_parameter_may_have_letters_of_any_script(name: str) -> None:
    found = read(f"{HEAD} input float[64] {name}; qubit q; rx(2*{name}) q; rz(sin({name})) q;")
    assert found.parameters == (name,)
    points = parse_points([f"{name}=0:2pi:5"])
    check_parameters(points, wanted=found.parameters)
    circuit, _ = from_openqasm(found.source)
    assert circuit.parameters == found.circuit.parameters


def test_an_element_of_a_vector_is_what_an_exporter_calls_it() -> None:
    found = read(f"{HEAD} input float _θ_0_; input float _θ_1_; qubit q; rx(_θ_0_+_θ_1_) q;")
    points = parse_points(["θ[0]=0:2pi:5", "θ[1]=0.5"])
    check_parameters(points, wanted=found.parameters)


@given(st.text(max_size=20))
def test_a_name_is_one_however_it_is_composed(name: str) -> None:
    assert called(unicodedata.normalize("NFD", name)) == called(unicodedata.normalize("NFC", name))
    assert called(called(name)) == called(name)


@given(st.text(min_size=1, max_size=8).filter(is_identifier))
def test_what_is_a_name_is_read_as_one(name: str) -> None:
    composed = unicodedata.normalize("NFC", name)
    text = f"gate g({name}) a {{ rx({name}) a; }} qubit q; g(0.5) q;"
    assert read(HEAD + text).circuit.gates[0].angles == (Angle(0.5),) or composed != name


@pytest.mark.parametrize("name", ["²", "a²", "1a", "a-b", "", "a b", "½", "٣", "a٣", "€", "😀"])
def test_what_is_no_name_is_none(name: str) -> None:
    assert not is_identifier(name)


def test_bits_may_have_a_first_value() -> None:
    text = (
        'bit[4] __bit_0__ = "0000"; bit b = 0; qubit[4] q; h q[0]; cnot q[0], q[1]; '
        "__bit_0__[0] = measure q[0]; __bit_0__[1] = measure q[1];"
    )
    assert read(f"OPENQASM 3.0; {text}").measured_qubits == (0, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("int[8] k = 0; k = k + 1; rx(k * 0.1) q;", 0.1),
        ("int k = 2; k += 3; k *= 2; k -= 1; rx(k) q;", 9.0),
        ("float[64] a = 0.5; a /= 2; rx(a) q;", 0.25),
        ("uint[4] k = 0; for int i in [1:4] { k = k + i; } rx(k) q;", 10.0),
        ("int k = 3; k **= 2; k %= 5; rx(k) q;", 4.0),
    ],
)
def test_a_number_may_take_another_value(text: str, value: float) -> None:
    assert read(f"{HEAD} qubit q; {text}").circuit.gates[0].angles == (Angle(value),)


def test_c3sx_is_another_name_of_c3sqrtx() -> None:
    old = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[4]; '
    on = "q[0], q[1], q[2], q[3];"
    assert read(f"{old} c3sx {on}").circuit == read(f"{old} c3sqrtx {on}").circuit


@pytest.mark.parametrize("sign", ["!", "<", ">", "&", "|", "~", ".", "<=", "!=", "&&", ">>"])
def test_the_reason_is_told_and_not_a_character(sign: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(f"{HEAD} qubit[2] q; rx(1 {sign} 2) q[0];")
    assert "does not belong to OpenQASM" not in str(caught.value)


@pytest.mark.parametrize(
    ("gates", "probability"),
    [
        ("rx(1e22) q;", 0.238393),
        ("ry(1e22) q;", 0.238393),
        ("rx(123456789.123456789) q;", math.sin(123456789.123456789 / 2) ** 2),
        ("rx(1e22) q; rx(0.5) q;", math.sin((-1.020177392559087 + 0.5) / 2) ** 2),
        ("U(1e22, 0.3, 1e22) q;", 0.238393),
        ("rx(1e300) q;", math.sin(5e299) ** 2),
    ],
)
def test_a_large_angle_turns_by_what_it_is(gates: str, probability: float) -> None:
    assert ones(f"{HEAD} qubit q; {gates}") == pytest.approx(probability, abs=1e-6)


@given(st.floats(-1e22, 1e22), st.sampled_from([1, 2]))
def test_whole_turns_are_taken_off_exactly(angle: float, turns: int) -> None:
    period = 2 * turns * PI
    exact = Fraction(angle)
    exact -= round(exact / period) * period
    difference = abs(turned_by(angle, turns=turns) - float(exact))
    assert min(difference, abs(difference - float(period))) < 1e-14


@given(st.floats(-1e300, 1e300))
def test_a_wrapped_angle_turns_as_the_angle_does(angle: float) -> None:
    found = wrapped(Angle(angle)).constant
    assert -math.pi < found <= math.pi
    assert np.isclose(np.exp(1j * found), np.exp(1j * angle), atol=2e-9)


def test_a_long_angle_is_written_and_read_back() -> None:
    names = [f"a{k}" for k in range(1200)]
    inputs = "".join(f"input float {name};" for name in names)
    found = read(f"{HEAD} {inputs} qubit q; rx({' + '.join(names)}) q;")
    circuit, _ = from_openqasm(to_openqasm(found.circuit, measured_qubits=None, verbatim=False))
    assert circuit.gates == found.circuit.gates
