"""The naive flow: a Prefect task for each circuit, Braket's `LocalSimulator` inside it."""

from collections.abc import Callable
from typing import Any

from benchmarks.peers.prefect_server import serving
from benchmarks.peers.turns import serve


def prepare(told: dict[str, Any]) -> Callable[[], object]:
    """Return one flow run."""
    from braket.circuits import Circuit, FreeParameter
    from braket.devices import LocalSimulator
    from prefect import flow, task

    theta, circuit, device = FreeParameter("theta"), Circuit(), LocalSimulator("braket_sv")
    for name, qubits, weights in told["gates"]:
        getattr(circuit, name)(*qubits, *(weight * theta for weight in weights))

    @task
    def measure(value: float) -> dict[str, int]:
        bound = {"theta": value}
        found = device.run(circuit.copy(), shots=told["shots"], inputs=bound).result()
        return dict(found.measurement_counts)

    @flow
    def naive() -> list[dict[str, int]]:
        return [measure(value) for value in told["points"]]

    return naive


if __name__ == "__main__":
    with serving():
        serve(prepare)
