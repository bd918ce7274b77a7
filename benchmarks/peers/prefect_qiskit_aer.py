"""prefect-qiskit's runtime block on its Aer simulator: one sampler job for all points."""

from collections.abc import Callable
from typing import Any

from benchmarks.peers.prefect_server import serving
from benchmarks.peers.turns import serve


def prepare(told: dict[str, Any]) -> Callable[[], object]:
    """Return one flow run."""
    from prefect import flow
    from prefect_qiskit.runtime import QuantumRuntime
    from prefect_qiskit.vendors import QiskitAerCredentials
    from qiskit import transpile

    from benchmarks.peers.circuits import circuit

    found, _ = circuit(told)
    gates = ["ry", "rz", "cz"]
    credentials = QiskitAerCredentials(num_qubits=told["n_qubits"], basis_gates=gates)
    runtime = QuantumRuntime(resource_name="aer_simulator", credentials=credentials)
    ready = transpile(found, target=runtime.get_target(), optimization_level=0)
    points = [[value] for value in told["points"]]

    @flow
    async def sampled() -> object:
        pubs = [(ready, points, told["shots"])]
        return await runtime.async_sampler(sampler_pubs=pubs)

    def run() -> object:
        import asyncio

        return asyncio.run(sampled())

    return run


if __name__ == "__main__":
    with serving():
        serve(prepare)
