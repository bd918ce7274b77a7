"""The work as a Qiskit circuit."""

from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter


def circuit(told: dict[str, Any]) -> tuple[QuantumCircuit, Parameter]:
    """Return the circuit, measured, and its parameter."""
    theta = Parameter("theta")
    found = QuantumCircuit(told["n_qubits"])
    for name, qubits, weights in told["gates"]:
        getattr(found, name)(*(weight * theta for weight in weights), *qubits)
    found.measure_all()
    return found, theta
