"""Outcome probabilities of compiled circuits by Braket's default simulator, gate by gate."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Circuit, Gate
from tasks.backends.engine.stock import KERNELS
from tasks.backends.noise import NoiseModel

KINDS = {
    "cz": "CZ",
    "gpi": "GPi",
    "gpi2": "GPi2",
    "iswap": "ISwap",
    "ms": "MS",
    "prx": "PRx",
    "rx": "RotX",
    "rz": "RotZ",
    "xx": "XX",
    "zz": "ZZ",
}


def probabilities(
    circuit: Circuit,
    values: Mapping[str, float],
    *,
    measured_qubits: Sequence[int],
    noise: NoiseModel | None,
) -> NDArray[np.float64]:
    """Return them as (2**n,), bit 0 the first measured qubit."""
    from braket.default_simulator.density_matrix_simulation import DensityMatrixSimulation
    from braket.default_simulator.state_vector_simulation import StateVectorSimulation

    touched = {qubit for gate in circuit.gates for qubit in gate.qubits}
    labels = (*measured_qubits, *sorted(touched - set(measured_qubits)))
    places = {label: place for place, label in enumerate(labels)}
    made: Any = (
        StateVectorSimulation(len(places), shots=0, batch_size=1)
        if noise is None
        else DensityMatrixSimulation(len(places), shots=0)
    )
    operations = [o for gate in circuit.gates for o in performed(gate, values, places, noise)]
    with KERNELS:
        made.evolve(operations + misread(measured_qubits, noise))
    n_measured = len(measured_qubits)
    # The simulator's index has qubit 0 as its most significant bit; ours is the other way round.
    found = np.asarray(made.probabilities).reshape((2,) * n_measured + (-1,)).sum(axis=-1)
    return np.asarray(found.transpose().reshape(-1) / found.sum())


def performed(
    gate: Gate,
    values: Mapping[str, float],
    places: Mapping[int, int],
    noise: NoiseModel | None,
) -> list[Any]:
    from braket.default_simulator import gate_operations
    from braket.default_simulator.noise_operations import Depolarizing, TwoQubitDepolarizing

    targets = tuple(places[qubit] for qubit in gate.qubits)
    angles = [angle.bind(values) for angle in gate.angles]
    made = [getattr(gate_operations, KINDS[gate.name])(targets, *angles)]
    if noise and (rate := noise.after(gate)):
        channel = Depolarizing if len(targets) == 1 else TwoQubitDepolarizing
        made.append(channel(targets, rate))
    return made


def misread(measured_qubits: Sequence[int], noise: NoiseModel | None) -> list[Any]:
    from braket.default_simulator.noise_operations import BitFlip

    rates = noise.readout if noise else {}
    return [
        BitFlip((place,), rates[label])
        for place, label in enumerate(measured_qubits)
        if rates.get(label)
    ]
