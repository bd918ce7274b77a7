"""The programs of the engine on Braket's default simulator, one point after the other.

Its kernels are in machine code, which pays for large registers; they abort the whole process when
two threads are inside them, so one lock stands around every call.
"""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.backends.engine import channels, entries, gates, pauli_picture
from tasks.backends.engine.program import CHANNELS, Program, Step, Values, evaluate

KERNELS = Lock()


def state(program: Program, values: Mapping[str, float], *, noisy: bool) -> NDArray[Any]:
    """Return the state vector, or the density matrix, at one point.

    Args:
        program: what to evolve.
        values: radians by parameter.
        noisy: whether to return a density matrix.
    """
    from braket.default_simulator.density_matrix_simulation import DensityMatrixSimulation
    from braket.default_simulator.state_vector_simulation import StateVectorSimulation

    simulation: Any = (
        DensityMatrixSimulation(program.n_qubits, shots=0)
        if noisy
        else StateVectorSimulation(program.n_qubits, shots=0, batch_size=1)
    )
    columns = {name: np.array([value]) for name, value in values.items()}
    with KERNELS:
        simulation.evolve([_operation(step, columns) for step in program.steps])
    found = simulation.density_matrix if noisy else simulation.state_vector
    return np.asarray(found)


def expectation_values(density: NDArray[Any], n_qubits: int) -> Values:
    """Return a density matrix as the engine writes it, (4**n_qubits,)."""
    pairs = [axis for qubit in range(n_qubits) for axis in (qubit, n_qubits + qubit)]
    tensor = density.reshape((2,) * 2 * n_qubits).transpose(pairs)
    for _ in range(n_qubits):  # Tr(P rho) sums P[j, i] rho[i, j]; the letter goes to the end
        tensor = np.tensordot(tensor, channels.PAULIS, axes=([0, 1], [2, 1]))
    return np.ascontiguousarray(tensor.real.reshape(-1))


def density_matrix(found: Values, n_qubits: int) -> NDArray[np.complex128]:
    """Return the matrix of expectation values as the engine writes them, (4**n_qubits,)."""
    tensor: NDArray[Any] = found.reshape((pauli_picture.DIMENSION,) * n_qubits)
    for _ in range(n_qubits):  # row and column of the qubit go to the end
        tensor = np.tensordot(tensor, channels.PAULIS / 2, axes=([0], [0]))
    order = (*range(0, 2 * n_qubits, 2), *range(1, 2 * n_qubits, 2))
    return np.ascontiguousarray(tensor.transpose(order).reshape(2**n_qubits, -1))


def _operation(step: Step, columns: Mapping[str, Values]) -> Any:
    from braket.default_simulator import gate_operations, noise_operations

    if step.name in CHANNELS:
        return noise_operations.Kraus(step.qubits, channels.operators(step))
    angles = [np.ravel(evaluate(angle, columns))[0] for angle in step.angles]
    if step.controls or step.power != 1 or step.name == "unitary":
        # Release 1.41.2 loses controlled gates whose control is not the first qubit, up to 10
        # qubits, and takes a power of cnot or swap for the gate itself.
        whole = entries.stack(gates.matrix(step, angles), 1)[0]
        return gate_operations.Unitary(step.qubits, whole)
    if step.name == "gphase":
        return gate_operations.GPhase(step.qubits, *angles)
    return gate_operations.BRAKET_GATES[step.name](step.qubits, *angles)


def states(
    programs: Sequence[Program], points: Sequence[Mapping[str, float]], *, noisy: bool
) -> list[NDArray[Any]]:
    """Return each program's states as the engine writes them, (rows, n_points)."""
    found = []
    for program in programs:
        each = [state(program, values, noisy=noisy) for values in points]
        if noisy:
            each = [expectation_values(density, program.n_qubits) for density in each]
        found.append(np.stack(each, axis=1))
    return found
