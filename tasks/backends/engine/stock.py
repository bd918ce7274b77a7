"""The programs of the engine on Braket's default simulator, one point after the other.

Its kernels are in machine code, which pays for large registers; they abort the whole process when
two threads are inside them, so one lock stands around every call.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
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
    (found,) = _together([program], values, noisy=noisy)
    return found


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
    columns = [_together(programs, values, noisy=noisy) for values in points]
    if noisy:
        columns = [
            [
                expectation_values(density, program.n_qubits)
                for density, program in zip(column, programs, strict=True)
            ]
            for column in columns
        ]
    return [np.stack(each, axis=1) for each in zip(*columns, strict=True)]


def _together(
    programs: Sequence[Program], values: Mapping[str, float], *, noisy: bool
) -> list[NDArray[Any]]:
    """Return each program's state; programs that begin alike are evolved up to where they part."""
    columns = {name: np.array([value]) for name, value in values.items()}
    order = _order(programs)
    shared = [_common(programs[a].steps, programs[b].steps) for a, b in pairwise(order)]
    found: list[NDArray[Any]] = [np.empty(0)] * len(programs)
    trunk: list[tuple[int, NDArray[Any] | None]] = [(0, None)]
    for index, before, after in zip(order, [0, *shared], [*shared, 0], strict=True):
        while trunk[-1][0] > before:
            trunk.pop()
        depth, opened = trunk[-1]
        steps, n_qubits = programs[index].steps, programs[index].n_qubits
        if after > depth:
            opened = _evolved(steps[depth:after], columns, n_qubits, opened, noisy=noisy)
            trunk.append((after, opened))
            depth = after
        found[index] = _evolved(steps[depth:], columns, n_qubits, opened, noisy=noisy)
    return found


def _order(programs: Sequence[Program]) -> list[int]:
    """Sort programs so that those that begin alike are neighbours."""
    numbers: dict[Step, int] = {}
    spelled = [
        [numbers.setdefault(step, len(numbers)) for step in program.steps] for program in programs
    ]
    return sorted(range(len(programs)), key=spelled.__getitem__)


def _common(one: Sequence[Step], other: Sequence[Step]) -> int:
    parted = (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(parted, min(len(one), len(other)))


def _evolved(
    steps: Sequence[Step],
    columns: Mapping[str, Values],
    n_qubits: int,
    opened: NDArray[Any] | None,
    *,
    noisy: bool,
) -> NDArray[Any]:
    """Return the state after the steps, from `opened`, which is left as it is, or |0...0>."""
    from braket.default_simulator.density_matrix_simulation import DensityMatrixSimulation
    from braket.default_simulator.state_vector_simulation import StateVectorSimulation

    simulation: Any = (
        DensityMatrixSimulation(n_qubits, shots=0)
        if noisy
        else StateVectorSimulation(n_qubits, shots=0, batch_size=1)
    )
    if opened is not None:
        (simulation.density_matrix if noisy else simulation.state_vector)[...] = opened
    with KERNELS:
        simulation.evolve([_operation(step, columns) for step in steps])
    found = simulation.density_matrix if noisy else simulation.state_vector
    return np.asarray(found)
