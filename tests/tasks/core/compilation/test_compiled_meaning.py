"""A compiled program means what its source means, on every form of device."""

import random

import numpy as np
import pytest
from ansatz_circuits import ghz, hardware_efficient, pauli_exponentials, program, qaoa, qft
from device_forms import FORMS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference import (
    GATE_NAMES,
    amplitudes,
    basis_probabilities,
    isometry,
    outcome_probabilities,
)

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.compiled import CompiledProgram
from datasets.records.devices import DeviceSnapshot
from tasks.core.compilation.checks import check_native
from tasks.core.compilation.compiler import CompileOptions, compile_program
from tasks.core.compilation.translation import SOURCE_GATES

pytestmark = pytest.mark.slow

SOURCES = {
    "ghz": ghz(4),
    "qft": qft(4),
    "hardware-efficient": hardware_efficient(4, layers=2),
    "pauli-exponentials": pauli_exponentials(4, terms=5),
    "qaoa": qaoa(4, edges=((0, 1), (1, 2), (2, 3), (0, 3)), layers=2),
}
BASES = ("ZZZZ", "XXXX", "YYYY", "XZIY", "IYXZ")


def random_values(circuit: Circuit) -> dict[str, float]:
    choice = random.Random(7)  # noqa: S311  # an example, not a secret
    return {name: choice.uniform(-4, 4) for name in circuit.parameters}


def assert_same_up_to_final_frame(source: Circuit, compiled: CompiledProgram) -> None:
    values = random_values(source)
    qubits = range(source.n_qubits)
    meant = isometry(source, starts=qubits, ends=qubits, values=values)
    done = isometry(
        compiled.circuit, starts=compiled.layout, ends=compiled.measured_qubits, values=values
    )
    if "exchange" in dict(compiled.toolchain):  # it is the same from |0...0> alone
        np.testing.assert_allclose(np.abs(done[:, 0]), np.abs(meant[:, 0]), atol=1e-7)
        return
    frame = done @ meant.conj().T
    np.testing.assert_allclose(frame, np.diag(np.diag(frame)), atol=1e-7)
    np.testing.assert_allclose(np.abs(np.diag(frame)), 1, atol=1e-7)


# Qiskit's TwoQubitWeylDecomposition takes a simpler unitary of two qubits for one that it equals to
# an average gate fidelity of 1 - 1e-9: angles then differ by up to some 7e-5, each time.
SIMPLER = 2e-4


def assert_same_outcomes(source: Circuit, compiled: CompiledProgram, *, atol: float = 1e-7) -> None:
    values = random_values(source)
    for form in compiled.measured:
        meant = basis_probabilities(source, basis=form.basis, values=values)
        done = outcome_probabilities(form.circuit, measured=compiled.measured_qubits, values=values)
        np.testing.assert_allclose(done, meant, atol=atol, err_msg=form.basis)


@pytest.mark.parametrize("snapshot", FORMS, ids=lambda snapshot: snapshot.name)
@pytest.mark.parametrize("kind", SOURCES)
def test_the_compiled_circuit_and_each_measured_one_mean_the_source(
    kind: str, snapshot: DeviceSnapshot
) -> None:
    source = SOURCES[kind]
    compiled = compile_program(
        program(source), snapshot=snapshot, bases=BASES, options=CompileOptions(seeds=3)
    )
    assert [form.basis for form in compiled.measured] == list(BASES)
    for circuit in (compiled.circuit, *(form.circuit for form in compiled.measured)):
        check_native(circuit, snapshot=snapshot)
        assert set(circuit.parameters) <= set(source.parameters)
    assert_same_up_to_final_frame(source, compiled)
    assert_same_outcomes(source, compiled)


# Hundredths of a radian: two-qubit blocks are resynthesised to an infidelity of 1e-9, in which an
# angle of 1e-5 is lost.
ANGLES = st.one_of(
    st.sampled_from((0.0, np.pi / 2, np.pi, -np.pi / 2, 3 * np.pi)).map(Angle),
    st.integers(-700, 700).map(lambda k: Angle(k / 100)),
    st.builds(
        lambda constant, name, weight: Angle(constant, ((name, weight),)),
        st.sampled_from((0.0, np.pi, 0.3)),
        st.sampled_from("ab"),
        st.sampled_from((1.0, -1.0, 0.5, 2.0)),
    ),
)


@st.composite
def gates(draw: st.DrawFn) -> Gate:
    name = draw(st.sampled_from(sorted(SOURCE_GATES)))
    qubits, angles = SOURCE_GATES[name]
    order = draw(st.permutations(range(3)))
    return Gate(name, tuple(order[:qubits]), tuple(draw(ANGLES) for _ in range(angles)))


@pytest.mark.parametrize("snapshot", FORMS, ids=lambda snapshot: snapshot.name)
@given(
    content=st.lists(gates(), max_size=12),
    basis=st.text("IXYZ", min_size=3, max_size=3),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_circuit_of_the_accepted_gates_keeps_its_meaning(
    content: list[Gate], basis: str, snapshot: DeviceSnapshot
) -> None:
    source = Circuit(3, tuple(content))
    compiled = compile_program(
        program(source), snapshot=snapshot, bases=[basis], options=CompileOptions(seeds=1)
    )
    check_native(compiled.measured[0].circuit, snapshot=snapshot)
    assert_same_up_to_final_frame(source, compiled)
    assert_same_outcomes(source, compiled, atol=SIMPLER)


@given(content=st.lists(gates(), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_the_reference_simulator_agrees_with_brakets(content: list[Gate]) -> None:
    from braket.default_simulator.openqasm.interpreter import Interpreter
    from braket.default_simulator.state_vector_simulation import StateVectorSimulation

    from tasks.core.circuits.openqasm import to_openqasm

    values = {"a": 0.7, "b": -1.9}
    source = Circuit(3, tuple(content))
    text = to_openqasm(source, measured_qubits=None, verbatim=False)
    parsed = Interpreter().build_circuit(text, inputs=values)
    simulation = StateVectorSimulation(3, 0, batch_size=1)
    simulation.evolve(parsed.instructions)
    ours = amplitudes(source, qubits=range(3), values=values)
    np.testing.assert_allclose(
        np.abs(np.vdot(simulation.state_vector.reshape(-1), ours.reshape(-1))), 1, atol=1e-7
    )


def test_the_reference_knows_every_accepted_gate() -> None:
    assert set(GATE_NAMES) == set(SOURCE_GATES)
