"""Circuits as requests hold them: OpenQASM text, or the name of a file with it."""

from typing import Any, Final

from tasks.backends.braket.circuits import openqasm_of

SUFFIXES: Final = (".qasm", ".qasm3", ".qasm2")
EXAMPLE: Final = """OPENQASM 3.0;
qubit[2] q;
h q[0];
cnot q[0], q[1];
"""


def circuit_text(circuit: Any) -> Any:
    """Return what a flow is given as a circuit: text and files as they are, Braket's as text.

    Raises:
        BadInput: it is neither, or cannot be written as text.
    """
    return circuit if isinstance(circuit, str) else openqasm_of(circuit)


def is_path(circuit: str) -> bool:
    """Whether a circuit is named by its file; a text has lines or ends a statement."""
    if "\n" in circuit or circuit.lstrip().startswith("OPENQASM "):
        return False
    return ";" not in circuit or circuit.lower().endswith(SUFFIXES)
