"""Qiskit Aer's state vector with parameter binds: one job for all points."""

from collections.abc import Callable
from typing import Any

from qiskit import transpile
from qiskit_aer import AerSimulator

from benchmarks.peers.circuits import circuit
from benchmarks.peers.turns import serve


def prepare(told: dict[str, Any]) -> Callable[[], object]:
    """Return one job's run."""
    found, theta = circuit(told)
    simulator = AerSimulator(method="statevector")
    ready = transpile(found, simulator, optimization_level=0)
    binds = [{theta: told["points"]}]

    def run() -> object:
        job = simulator.run(ready, shots=told["shots"], parameter_binds=binds)
        return job.result().get_counts()

    return run


if __name__ == "__main__":
    serve(prepare)
