"""Readout mitigation: learn how each qubit is misread, and weigh outcomes accordingly.

`expand` asks for two circuits, all qubits prepared in 0 and all in 1; `combine` turns their counts
into a confusion matrix a qubit. An estimator then weighs outcome b of a qubit by row
`[1, -1] @ inv(A)` instead of `(1, -1)`, which is unbiased for uncorrelated readout errors and costs
O(shots x qubits) (tensored inversion, arXiv:2006.14044, section II).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.executions import Counts
from tasks.errors import ExecutionFailed

VARIANTS = ("readout:0", "readout:1")
MAX_ERROR_SUM = 0.9  # p(1|0) + p(0|1): at 1 the outcome says nothing and A cannot be inverted


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """How the measured qubits are misread.

    `p1_given_0`, `p0_given_1`: (n_qubits,) probabilities; `shots` is how many each was learnt from.
    """

    p1_given_0: NDArray[np.float64]
    p0_given_1: NDArray[np.float64]
    shots: int

    @property
    def weights(self) -> NDArray[np.float64]:
        """What outcome 0 and 1 of a qubit count for, (n_qubits, 2): `[1, -1] @ inv(A)`."""
        flips = 1.0 - self.p1_given_0 - self.p0_given_1
        zero = (1.0 - self.p0_given_1 + self.p1_given_0) / flips
        one = (-1.0 + self.p1_given_0 - self.p0_given_1) / flips
        return np.stack([zero, one], axis=1)


def ideal(n_qubits: int) -> NDArray[np.float64]:
    """Return the weights of a perfect readout, (n_qubits, 2)."""
    return np.tile([1.0, -1.0], (n_qubits, 1))


def expand(qubits: Sequence[int], *, native_gates: Sequence[str]) -> tuple[Circuit, Circuit]:
    """Return the circuits that prepare all `qubits` in 0 and all in 1, in native gates."""
    flips = tuple(gate for qubit in qubits for gate in _flip(qubit, native_gates))
    return Circuit(len(qubits), ()), Circuit(len(qubits), flips)


def combine(zeros: Counts, ones: Counts) -> Confusion:
    """Learn the confusion from the counts of the two circuits.

    Raises:
        ExecutionFailed: a qubit is misread so often that its outcomes carry no information.
    """
    p1_given_0 = share_of_ones(zeros)
    p0_given_1 = 1.0 - share_of_ones(ones)
    found = Confusion(p1_given_0, p0_given_1, min(zeros.shots, ones.shots))
    check_informative(found)
    return found


def check_informative(confusion: Confusion) -> None:
    """Refuse a confusion that cannot be inverted.

    Raises:
        ExecutionFailed: a qubit is misread so often that its outcomes carry no information.
    """
    p1_given_0, p0_given_1 = confusion.p1_given_0, confusion.p0_given_1
    worst = int(np.argmax(p1_given_0 + p0_given_1))
    if p1_given_0[worst] + p0_given_1[worst] > MAX_ERROR_SUM:
        message = (
            f"Measured qubit {worst} is misread {p1_given_0[worst]:.0%} of the time as 1 and "
            f"{p0_given_1[worst]:.0%} as 0; readout mitigation needs their sum below "
            f"{MAX_ERROR_SUM:.0%}. Choose another target, or --mitigate zne."
        )
        raise ExecutionFailed(message)


def share_of_ones(counts: Counts) -> NDArray[np.float64]:
    """Return how often each qubit was read as 1: (n_qubits,)."""
    places = np.arange(counts.n_qubits, dtype=np.uint64)
    bits = (counts.outcomes[:, None] >> places) & np.uint64(1)
    return np.asarray(counts.counts @ bits.astype(np.float64)) / counts.shots


def perturbations(confusion: Confusion) -> list[Confusion]:
    """Return, for each figure of the confusion, the confusion one standard error away.

    The change of an estimate from one to the other is that figure's share of the estimate's
    standard error (first-order error propagation).
    """
    moved = []
    for name in ("p1_given_0", "p0_given_1"):
        figures = getattr(confusion, name)
        both = {"p1_given_0": confusion.p1_given_0, "p0_given_1": confusion.p0_given_1}
        for qubit, p in enumerate(figures):
            changed = figures.copy()
            changed[qubit] += stderr(float(p), shots=confusion.shots)
            moved.append(Confusion(**both | {name: changed}, shots=confusion.shots))
    return moved


def stderr(p: float, *, shots: int) -> float:
    """Return the standard error of a share that was seen; above 0 also where it was 0 times.

    Agresti and Coull (The American Statistician 52, 1998, 119).
    """
    centred = (p * shots + 2.0) / (shots + 4.0)
    return float(np.sqrt(centred * (1.0 - centred) / (shots + 4.0)))


def _flip(qubit: int, native_gates: Sequence[str]) -> tuple[Gate, ...]:
    if "prx" in native_gates:
        return (Gate("prx", (qubit,), (Angle(np.pi), Angle(0.0))),)
    if "gpi" in native_gates:
        return (Gate("gpi", (qubit,), (Angle(0.0),)),)
    return (Gate("rx", (qubit,), (Angle(np.pi),)),)
