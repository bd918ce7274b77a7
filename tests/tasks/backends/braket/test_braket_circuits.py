"""A circuit of Braket's classes is the same circuit here."""

from typing import Any

import numpy as np
import pytest

from tasks.backends.braket.circuits import openqasm_of
from tasks.core.qasm.circuit import ReadCircuit
from tasks.core.qasm.reading import read_circuit
from tasks.errors import BadInput

pytestmark = pytest.mark.slow


def read(circuit: Any) -> ReadCircuit:
    return read_circuit(openqasm_of(circuit), origin="the Braket circuit")


def test_a_circuit_keeps_its_gates_parameters_and_measured_qubits() -> None:
    from braket.circuits import Circuit, FreeParameter

    alpha, beta = FreeParameter("alpha"), FreeParameter("beta")
    made = Circuit().h(0).rx(5, 2 * alpha + beta / 4).cnot(0, 5).ry(2, alpha * beta).rz(0, -alpha)
    made.x(2, control=[0, 5], power=-1).gphase(0.3).measure(5).measure(0)
    text = """
        OPENQASM 3.0; input float alpha; input float beta; qubit[6] q;
        h q[0]; rx(2*alpha + 0.25*beta) q[5]; cnot q[0], q[5]; ry(alpha*beta) q[2];
        rz(-alpha) q[0]; ccnot q[0], q[5], q[2]; bit[2] c; c[0] = measure q[5]; c[1] = measure q[0];
    """
    found = read(made)
    assert found == read_circuit(text, origin="text")
    assert found.parameters == ("alpha", "beta")
    assert np.allclose(found.values(np.array([[0.5, 3.0]])), [[0.5, 3.0, 1.5]])


def test_what_a_sweep_does_not_take_is_refused() -> None:
    from braket.circuits import Circuit, Observable

    with pytest.raises(BadInput, match="result types"):
        read(Circuit().h(0).expectation(Observable.Z(), 0))
    with pytest.raises(BadInput, match="pragma"):
        read(Circuit().h(0).bit_flip(0, 0.1))
    with pytest.raises(BadInput, match="pragma"):
        read(Circuit().add_verbatim_box(Circuit().rx(0, 1.0)))
    with pytest.raises(BadInput, match="The circuit is a str"):
        read("qubit q;")
