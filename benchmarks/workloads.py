"""What is measured: circuits of one parameter, the points, and what each peer is told of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Angle, Circuit, Gate

STOP_RAD = 6.283
THETA = "theta"
PARITY = "Z0*Z1"
MANY = 1000


def spread(n_points: int) -> list[float]:
    """Return values of theta, evenly over its range."""
    return [float(value) for value in np.linspace(0.0, STOP_RAD, n_points)]


@dataclass(frozen=True, slots=True)
class Workload:
    """A sweep of one parameter; `sample` is how many of its points the slow sides run.

    A side that works on all points at once is given up to `MANY`, since its overhead is spread.
    """

    name: str
    n_qubits: int
    n_points: int
    sample: int
    target: str = "local:sv"
    layers: int = 4
    shots: int = 1000

    @property
    def circuit(self) -> Circuit:
        """Each layer: RY and RZ on every qubit, each with its own multiple of theta; CZ chain."""
        return Circuit(self.n_qubits, tuple(self._gates()))

    @property
    def points(self) -> NDArray[np.float64]:
        """The values of theta, (n_points, 1)."""
        return np.linspace(0.0, STOP_RAD, self.n_points)[:, None]

    @property
    def stated(self) -> str:
        """The points as `qrt sweep --points` takes them."""
        return f"{THETA}=0:{STOP_RAD}:{self.n_points}"

    @property
    def few(self) -> list[float]:
        """The sample, spread over the points."""
        return spread(self.sample)

    @property
    def many(self) -> int:
        """How many points a side is given that works on all at once."""
        return min(self.n_points, MANY)

    def told(self, n_points: int) -> dict[str, Any]:
        """Return the work as a peer reads it: angles are multiples of theta."""
        return {
            "n_qubits": self.n_qubits,
            "gates": [
                [gate.name, list(gate.qubits), [w for a in gate.angles for _, w in a.terms]]
                for gate in self.circuit.gates
            ],
            "points": spread(n_points),
            "shots": self.shots,
        }

    def _gates(self) -> Iterator[Gate]:
        for layer in range(self.layers):
            for place, name in enumerate(("ry", "rz")):
                for qubit in range(self.n_qubits):
                    weight = round(0.7 + 0.3 * place + 0.1 * qubit + 0.25 * layer, 2)
                    yield Gate(name, (qubit,), (Angle(0.0, ((THETA, weight),)),))
            yield from (Gate("cz", (qubit, qubit + 1)) for qubit in range(self.n_qubits - 1))


SIX = Workload("10,000 points, 6 qubits", 6, 10_000, sample=100)
TEN = Workload("1,000 points, 10 qubits", 10, 1_000, sample=20)
NOISY = Workload("1,000 points, 4 qubits", 4, 1_000, sample=20, target="emulator:garnet")
MILLION = Workload("1,000,000 points, 4 qubits", 4, 1_000_000, sample=0)
SIZES = tuple(
    Workload(f"{n} qubits", n, points, sample=sample)
    for n, points, sample in (
        (2, 4000, 20), (4, 4000, 20), (6, 2000, 10), (8, 1000, 10), (10, 256, 5), (12, 64, 5),
        (14, 16, 3), (16, 4, 2), (18, 2, 2), (20, 1, 1),
    )
)  # fmt: skip
