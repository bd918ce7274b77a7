"""Outcome probabilities of a bound circuit, by Braket's default simulator.

Its numba kernels abort the whole process when two threads are inside them, so one lock stands
around every call.
"""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Circuit, Gate
from tasks.backends.noise import NoiseModel

_kernels = Lock()


def warm() -> None:
    """Compile the kernels, which takes seconds once a machine, before anybody waits for them."""
    probabilities(Circuit(1, ()), {}, measured_qubits=(0,), noise=NoiseModel({}, {}, {0: 0.1}))


def probabilities(
    circuit: Circuit,
    values: Mapping[str, float],
    *,
    measured_qubits: Sequence[int],
    noise: NoiseModel | None,
) -> NDArray[np.float64]:
    """Return the probability of each outcome, (2**n,), bit 0 of the index the first measured qubit.

    Args:
        circuit: in device labels; qubits beside the measured ones are routing's.
        values: radians by parameter name.
        measured_qubits: device labels in the order of the outcome's bits.
        noise: None simulates a state vector, anything else a density matrix.
    """
    beside = {qubit for gate in circuit.gates for qubit in gate.qubits} - set(measured_qubits)
    places = {label: place for place, label in enumerate((*measured_qubits, *sorted(beside)))}
    with _kernels:
        simulation = _simulation(len(places), noisy=noise is not None)
        simulation.evolve(_operations(circuit, values, places, noise))
        found = np.asarray(simulation.probabilities, dtype=np.float64)
    # The simulator's index has qubit 0 as its most significant bit; ours is the other way round.
    measured = found.reshape((2,) * len(measured_qubits) + (-1,)).sum(axis=-1)
    little_endian = measured.transpose().reshape(-1)
    return np.asarray(little_endian / little_endian.sum())


def _simulation(n_qubits: int, *, noisy: bool) -> Any:
    if noisy:
        from braket.default_simulator.density_matrix_simulation import DensityMatrixSimulation

        return DensityMatrixSimulation(n_qubits, shots=0)
    from braket.default_simulator.state_vector_simulation import StateVectorSimulation

    return StateVectorSimulation(n_qubits, shots=0, batch_size=1)


def _operations(
    circuit: Circuit,
    values: Mapping[str, float],
    places: Mapping[int, int],
    noise: NoiseModel | None,
) -> list[Any]:
    from braket.default_simulator.noise_operations import (
        BitFlip,
        Depolarizing,
        TwoQubitDepolarizing,
    )

    operations: list[Any] = []
    for gate in circuit.gates:
        targets = tuple(places[qubit] for qubit in gate.qubits)
        operations.append(_gate(gate, targets, values))
        rate = noise.after(gate) if noise else 0.0
        if rate:
            channel = Depolarizing if len(targets) == 1 else TwoQubitDepolarizing
            operations.append(channel(targets, rate))
    if noise:
        operations += [
            BitFlip((place,), noise.readout[label])
            for label, place in places.items()
            if noise.readout.get(label)
        ]
    return operations


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
