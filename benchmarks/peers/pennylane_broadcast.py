"""PennyLane's `default.qubit` with the points as a broadcast parameter."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pennylane as qml

from benchmarks.peers.turns import serve

GATES = {"ry": qml.RY, "rz": qml.RZ, "cz": qml.CZ}


def prepare(told: dict[str, Any]) -> Callable[[], object]:
    """Return one broadcast execution's run."""
    device = qml.device("default.qubit", wires=told["n_qubits"], seed=1)

    @qml.set_shots(told["shots"])
    @qml.qnode(device)
    def measured(theta: np.ndarray) -> object:
        for name, qubits, weights in told["gates"]:
            GATES[name](*(weight * theta for weight in weights), wires=qubits)
        return qml.counts()

    points = np.array(told["points"])
    return lambda: measured(points)


if __name__ == "__main__":
    serve(prepare)
