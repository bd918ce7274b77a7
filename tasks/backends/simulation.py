"""Outcome probabilities of bound circuits, by Braket's default simulator.

Circuits that begin alike, such as the measurement bases of one program at one point, are evolved
together up to where they part. The simulator's numba kernels abort the whole process when two
threads are inside them, so one lock stands around every call.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Circuit, Gate
from tasks.backends.noise import NOISELESS, NoiseModel

_kernels = Lock()

State = NDArray[np.complex128]


def warm() -> None:
    """Compile the kernels, which takes seconds, before anybody waits for them."""
    probabilities([Circuit(1, ())], {}, measured_qubits=(0,), noise=NOISELESS)


def probabilities(
    circuits: Sequence[Circuit],
    values: Mapping[str, float],
    *,
    measured_qubits: Sequence[int],
    noise: NoiseModel | None,
) -> list[NDArray[np.float64]]:
    """Return each circuit's outcome probabilities, (2**n,), bit 0 the first measured qubit.

    Args:
        circuits: in device labels; qubits beside the measured ones are routing's.
        values: radians by parameter name.
        measured_qubits: device labels in the order of the outcome's bits.
        noise: None simulates a state vector, anything else a density matrix.
    """
    touched = {qubit for circuit in circuits for gate in circuit.gates for qubit in gate.qubits}
    beside = sorted(touched - set(measured_qubits))
    places = {label: place for place, label in enumerate((*measured_qubits, *beside))}
    found: list[NDArray[np.float64]] = [np.empty(0)] * len(circuits)
    order = _order(circuits)
    shared = [_common(circuits[a].gates, circuits[b].gates) for a, b in pairwise(order)]
    trunk: list[tuple[int, State | None]] = [(0, None)]
    with _kernels:
        for index, before, after in zip(order, [0, *shared], [*shared, 0], strict=True):
            while trunk[-1][0] > before:
                trunk.pop()
            depth, state = trunk[-1]
            gates = circuits[index].gates
            simulation = _simulation(len(places), state, noisy=noise is not None)
            if after > depth:
                simulation.evolve(_operations(gates[depth:after], values, places, noise))
                trunk.append((after, _state(simulation).copy()))
                depth = after
            simulation.evolve(_operations(gates[depth:], values, places, noise))
            simulation.evolve(_readout(measured_qubits, noise))
            found[index] = _outcomes(simulation, len(measured_qubits))
    return found


def _order(circuits: Sequence[Circuit]) -> list[int]:
    """Sort circuits so that those that begin alike are neighbours."""
    numbers: dict[Gate, int] = {}
    spelled = [
        [numbers.setdefault(gate, len(numbers)) for gate in circuit.gates] for circuit in circuits
    ]
    return sorted(range(len(circuits)), key=spelled.__getitem__)


def _common(one: Sequence[Gate], other: Sequence[Gate]) -> int:
    parted = (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(parted, min(len(one), len(other)))


def _simulation(n_qubits: int, state: State | None, *, noisy: bool) -> Any:
    from braket.default_simulator.density_matrix_simulation import DensityMatrixSimulation
    from braket.default_simulator.state_vector_simulation import StateVectorSimulation

    simulation = (
        DensityMatrixSimulation(n_qubits, shots=0)
        if noisy
        else StateVectorSimulation(n_qubits, shots=0, batch_size=1)
    )
    if state is not None:
        _state(simulation)[...] = state
    return simulation


def _state(simulation: Any) -> State:
    """Return the simulation's own array: writing to it sets the state.

    A state vector has a `density_matrix` too, which is a copy; hence the order.
    """
    name = "state_vector" if hasattr(simulation, "state_vector") else "density_matrix"
    state: State = getattr(simulation, name)
    return state


def _outcomes(simulation: Any, n_measured: int) -> NDArray[np.float64]:
    found = np.asarray(simulation.probabilities, dtype=np.float64)
    # The simulator's index has qubit 0 as its most significant bit; ours is the other way round.
    measured = found.reshape((2,) * n_measured + (-1,)).sum(axis=-1)
    little_endian = measured.transpose().reshape(-1)
    return np.asarray(little_endian / little_endian.sum())


def _operations(
    gates: Sequence[Gate],
    values: Mapping[str, float],
    places: Mapping[int, int],
    noise: NoiseModel | None,
) -> list[Any]:
    from braket.default_simulator.noise_operations import Depolarizing, TwoQubitDepolarizing

    operations: list[Any] = []
    for gate in gates:
        targets = tuple(places[qubit] for qubit in gate.qubits)
        operations.append(_gate(gate, targets, values))
        rate = noise.after(gate) if noise else 0.0
        if rate:
            channel = Depolarizing if len(targets) == 1 else TwoQubitDepolarizing
            operations.append(channel(targets, rate))
    return operations


def _readout(measured_qubits: Sequence[int], noise: NoiseModel | None) -> list[Any]:
    from braket.default_simulator.noise_operations import BitFlip

    rates = noise.readout if noise else {}
    return [
        BitFlip((place,), rates[label])
        for place, label in enumerate(measured_qubits)
        if rates.get(label)
    ]


def _gate(gate: Gate, targets: tuple[int, ...], values: Mapping[str, float]) -> Any:
    from braket.default_simulator import gate_operations

    kinds = {
        "cz": gate_operations.CZ,
        "gpi": gate_operations.GPi,
        "gpi2": gate_operations.GPi2,
        "iswap": gate_operations.ISwap,
        "ms": gate_operations.MS,
        "prx": gate_operations.PRx,
        "rx": gate_operations.RotX,
        "rz": gate_operations.RotZ,
        "xx": gate_operations.XX,
        "zz": gate_operations.ZZ,
    }
    return kinds[gate.name](targets, *(angle.bind(values) for angle in gate.angles))
