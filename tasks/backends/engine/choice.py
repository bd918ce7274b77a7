"""Which engine runs a program: the batched one, or Braket's own above a size."""

from dataclasses import dataclass

MAX_BATCHED_QUBITS = 16  # above it one state leaves the cache, and machine code wins
MAX_BATCHED_NOISY_QUBITS = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that ran, whether with density matrices, and why it was that one."""

    batched: bool
    noisy: bool
    reason: str


def choose(n_qubits: int, *, noisy: bool) -> Choice:
    """Return the faster engine for a register of that size."""
    limit = MAX_BATCHED_NOISY_QUBITS if noisy else MAX_BATCHED_QUBITS
    picture = "density matrices" if noisy else "state vectors"
    if n_qubits > limit:
        reason = f"{n_qubits} qubits: above {limit}, Braket's kernels evolve {picture} faster"
        return Choice(False, noisy, reason)
    return Choice(True, noisy, f"{n_qubits} qubits: up to {limit}, batches of {picture} are faster")
