"""Measure circuits at many points on this machine, all together."""

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from datasets.records.blocks import CountsBlock, Form
from datasets.records.circuits import Circuit
from datasets.records.devices import DeviceSnapshot
from tasks.backends import noise
from tasks.backends.engine import running
from tasks.backends.engine.compiled import from_circuits
from tasks.backends.engine.results import Setting


def measure(
    circuits: Sequence[Circuit],
    points: NDArray[np.float64],
    *,
    forms: Sequence[Form],
    measured_qubits: Sequence[int],
    names: Sequence[str],
    shots: int,
    seed: int,
    snapshot: DeviceSnapshot,
) -> tuple[CountsBlock, str]:
    """Return the counts of each circuit at each point, and which engine drew them and why.

    Args:
        circuits: native ones, one a form, in device labels.
        points: (n_points, n_parameters) radians.
        forms: what the circuits are.
        measured_qubits: device labels in the order of the outcome's bits.
        names: the parameter of each column of `points`.
        shots: of each circuit at each point.
        seed: the same seed gives the same counts.
        snapshot: of the simulator, or of the device whose noise is emulated.
    """
    model = noise.at(snapshot)
    programs = from_circuits(circuits, measured_qubits=measured_qubits, noise=model)
    setting = Setting(noisy=model is not None, workers=_threads())
    found = running.counts(programs, points, names=names, shots=shots, seed=seed, setting=setting)
    block = CountsBlock(
        n_points=found.n_points,
        n_qubits=len(measured_qubits),
        forms=tuple(forms),
        outcomes=found.outcomes,
        counts=found.counts,
        offsets=found.offsets,
    )
    return block, found.choice.told


def _threads() -> int:
    """Return how many threads may work: those of the machine, unless it is shared out.

    Dask and Ray say so to each of their processes, and a container's manifest to its own.
    """
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdecimal() and int(told) else os.cpu_count() or 1
