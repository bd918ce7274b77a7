"""Circuits that were built with Braket's own classes, read like any other text."""

from typing import Any

from tasks.core.qasm.circuit import ReadCircuit
from tasks.core.qasm.reading import read_circuit
from tasks.errors import BadInput


def read_braket_circuit(circuit: Any) -> ReadCircuit:
    """Return a `braket.circuits.Circuit` as plain gates, its free parameters with it.

    Its qubits keep their numbers; it must have no result types, noise or verbatim boxes.

    Raises:
        BadInput: it is no circuit, or holds what a sweep does not take.
    """
    return read_circuit(openqasm_of(circuit), origin="the Braket circuit")


def openqasm_of(circuit: Any) -> str:
    """Return a `braket.circuits.Circuit` as OpenQASM 3.

    Raises:
        BadInput: it is none, has result types, or Braket cannot write it.
    """
    from braket.circuits import Circuit
    from braket.circuits.serialization import IRType

    if not isinstance(circuit, Circuit):
        message = (
            f"The circuit is a {type(circuit).__name__}. Give a braket.circuits.Circuit, or "
            "OpenQASM text."
        )
        raise BadInput(message)
    if circuit.result_types:
        message = (
            "The circuit has result types. Remove them, and name what to measure as observables."
        )
        raise BadInput(message)
    try:
        text: str = circuit.to_ir(IRType.OPENQASM).source
    except (ValueError, TypeError, NotImplementedError) as error:
        message = f"Braket cannot write the circuit as OpenQASM: {error} Correct the circuit."
        raise BadInput(message) from error
    return text
