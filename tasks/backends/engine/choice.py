"""Which engine runs a program, and how many points of it stand in the cache together."""

from dataclasses import dataclass

# Measured beside Braket's kernels, two layers of a chain: 4 qubits 0.005 and 0.6 ms a point, 10
# qubits 0.13 and 1.7, 16 qubits 15 and 60, 18 qubits 86 and 210; at 20 neither is ahead for sure.
MAX_BATCHED_QUBITS = 18
MAX_BATCHED_NOISY_QUBITS = 13  # 6 qubits 1 and 250 ms, 10 qubits 0.8 and 2.8 s; Braket ends at 13

SLAB_BYTES = 2**20  # of states: about what the second cache holds
MIN_POINTS_TOGETHER = 17  # shorter rows cost more than they share


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that ran, whether with density matrices, and why it was that one."""

    batched: bool
    noisy: bool
    reason: str

    @property
    def told(self) -> str:
        """The engine and the reason, as they are written down."""
        return f"{'batched' if self.batched else 'stock'}: {self.reason}"


def choose(n_qubits: int, *, noisy: bool) -> Choice:
    """Return the faster engine for a register of that size."""
    limit = MAX_BATCHED_NOISY_QUBITS if noisy else MAX_BATCHED_QUBITS
    picture = "density matrices" if noisy else "state vectors"
    if n_qubits > limit:
        reason = f"{n_qubits} qubits: above {limit}, Braket's kernels evolve {picture} as fast"
        return Choice(False, noisy, reason)
    return Choice(True, noisy, f"{n_qubits} qubits: up to {limit}, {picture} in batches are faster")


def points_together(bytes_per_point: int, slab_bytes: int) -> int:
    """Return how many points make a slab: as many as fit, or one where few would."""
    fitting = slab_bytes // bytes_per_point
    return fitting if fitting >= MIN_POINTS_TOGETHER else 1
