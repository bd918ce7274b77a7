"""The Kraus operators of Braket's noise channels."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.backends.engine.program import Step, Uncovered

Operators = list[NDArray[np.complex128]]

PAULIS = np.array(
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex
)


def operators(step: Step) -> Operators:
    """Return the Kraus operators of a channel, (2**k, 2**k) each.

    Raises:
        Uncovered: a rate of it is a free parameter.
    """
    if not step.is_constant:
        reason = f"the rate of {step.name} is a free parameter"
        raise Uncovered(reason)
    if step.name == "kraus":
        return [np.array(matrix, dtype=complex) for matrix in step.matrices]
    return _CHANNELS[step.name](*(angle.bind({}) for angle in step.angles))  # type: ignore[union-attr]


def pauli_strings(n_qubits: int) -> NDArray[np.complex128]:
    """Return the matrices of all Pauli strings, (4**n, 2**n, 2**n), qubit 0 the slowest letter."""
    found = np.ones((1, 1, 1), dtype=complex)
    for _ in range(n_qubits):
        size = 2 * found.shape[1]
        found = np.einsum("aij,bkl->abikjl", found, PAULIS).reshape(-1, size, size)
    return found


def _mixture(n_qubits: int, rates: Mapping[int, float]) -> Operators:
    """Return the channel that applies the Pauli string of each index with its rate."""
    kept = 1.0 - sum(rates.values())
    weights = {0: kept, **rates}
    strings = pauli_strings(n_qubits)
    return [math.sqrt(max(rate, 0.0)) * strings[index] for index, rate in weights.items()]


def _pauli_channel(x: float, y: float, z: float) -> Operators:
    return _mixture(1, {1: x, 2: y, 3: z})


def _depolarizing(rate: float) -> Operators:
    return _mixture(1, dict.fromkeys(range(1, 4), rate / 3))


def _two_qubit_depolarizing(rate: float) -> Operators:
    return _mixture(2, dict.fromkeys(range(1, 16), rate / 15))


def _two_qubit_dephasing(rate: float) -> Operators:
    return _mixture(2, dict.fromkeys((3, 12, 15), rate / 3))


def _damping(gamma: float) -> Operators:
    stays = np.diag([1.0, math.sqrt(1.0 - gamma)]).astype(complex)
    falls = np.array([[0.0, math.sqrt(gamma)], [0.0, 0.0]], dtype=complex)
    return [stays, falls]


def _generalized_damping(gamma: float, rate: float) -> Operators:
    down = _damping(gamma)
    up = [operator[::-1, ::-1] for operator in down]
    return [math.sqrt(p) * k for p, ks in ((rate, down), (1.0 - rate, up)) for k in ks]


def _phase_damping(gamma: float) -> Operators:
    return [
        np.diag([1.0, math.sqrt(1.0 - gamma)]).astype(complex),
        np.diag([0.0, math.sqrt(gamma)]).astype(complex),
    ]


_CHANNELS: Mapping[str, Callable[..., Operators]] = {
    "amplitude_damping": _damping,
    "bit_flip": lambda rate: _mixture(1, {1: rate}),
    "depolarizing": _depolarizing,
    "generalized_amplitude_damping": _generalized_damping,
    "pauli_channel": _pauli_channel,
    "phase_damping": _phase_damping,
    "phase_flip": lambda rate: _mixture(1, {3: rate}),
    "two_qubit_dephasing": _two_qubit_dephasing,
    "two_qubit_depolarizing": _two_qubit_depolarizing,
}


def letters(pauli: str) -> int:
    """Return the index of a Pauli string among `pauli_strings`."""
    return int("".join(str("IXYZ".index(letter)) for letter in pauli), 4)


def total(found: Sequence[NDArray[np.complex128]]) -> NDArray[np.complex128]:
    """Return sum(K (x) conj(K)), which acts on a density matrix flattened by rows."""
    return np.asarray(sum(np.kron(k, k.conj()) for k in found))
