"""What a program asks for besides measurements, as it stands in a result's JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.records.devices import DeviceSnapshot
from deployments.sandbox.circuits import check_size, exclusive, parsed
from deployments.sandbox.sampling import Distribution
from tasks.errors import ExecutionFailed


def of_samples(distribution: Distribution, bits: NDArray[np.uint8]) -> list[dict[str, Any]]:
    """Return the values of the result types, computed from measured bits."""
    if not distribution.result_types:
        return []
    from braket.task_result import GateModelTaskResult, TaskMetadata
    from braket.tasks import GateModelQuantumTaskResult

    measured = GateModelTaskResult.construct(
        measurements=bits.tolist(),
        measuredQubits=list(distribution.qubits),
        resultTypes=list(distribution.result_types),
        taskMetadata=TaskMetadata.construct(id="sandbox", shots=len(bits)),
        additionalMetadata=None,
    )
    found = GateModelQuantumTaskResult.from_object(measured).result_types
    return [_plain_type(entry) for entry in found]


def exact(
    source: str, inputs: Mapping[str, float], *, snapshot: DeviceSnapshot
) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the exact values of the result types (shots=0), and the qubits of the program.

    Raises:
        ExecutionFailed: the simulator cannot compute them.
    """
    from braket.default_simulator import DensityMatrixSimulator, StateVectorSimulator
    from braket.ir.openqasm import Program

    qubits = sorted(parsed(source, inputs).qubit_set)
    check_size(len(qubits), snapshot=snapshot)
    simulator = DensityMatrixSimulator() if snapshot.name == "DM1" else StateVectorSimulator()
    program = Program(source=source, inputs=dict(inputs))
    try:
        found = exclusive(lambda: simulator.run(program, shots=0))
    except (ValueError, TypeError, NameError) as error:
        message = f"The program cannot be run: {str(error)[:500]}"
        raise ExecutionFailed(message) from error
    return [_plain_type(entry) for entry in found.resultTypes], qubits


def _plain_type(entry: Any) -> dict[str, Any]:
    return {"type": _plain(entry.type.dict()), "value": _plain(entry.value)}


def _plain(value: Any) -> Any:
    """Return a JSON value; complex numbers are pairs, as on Braket's wire."""
    match value:
        case complex():
            return [value.real, value.imag]
        case np.ndarray() | np.generic():
            return _plain(value.tolist())
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case str() | None:
            return value
        case Sequence():
            return [_plain(item) for item in value]
        case _:
            return getattr(value, "value", value)
