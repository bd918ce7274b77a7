"""Circuits built with Braket's own classes, as OpenQASM 3 text."""

from typing import Any

from tasks.errors import BadInput


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
