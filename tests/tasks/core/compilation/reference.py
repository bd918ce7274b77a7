"""A plain state-vector simulator of Braket's gates, written from their matrices."""

import cmath
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Circuit, Gate

Matrix = NDArray[np.complex128]

_I2 = np.eye(2, dtype=complex)
_X = np.array([[0, 1], [1, 0]], dtype=complex)
_Y = np.array([[0, -1j], [1j, 0]])
_Z = np.diag([1.0, -1.0]).astype(complex)


def _exp(generator: Matrix, angle: float) -> Matrix:
    """Return exp(-i angle generator / 2) of a generator that squares to one."""
    return math.cos(angle / 2) * np.eye(len(generator)) - 1j * math.sin(angle / 2) * generator


def _equator(angle: float, axis: float) -> Matrix:
    return _exp(math.cos(axis) * _X + math.sin(axis) * _Y, angle)


def _controlled(gate: Matrix) -> Matrix:
    out = np.eye(2 * len(gate), dtype=complex)
    out[len(gate) :, len(gate) :] = gate
    return out


def _phase_at(place: int) -> Callable[[float], Matrix]:
    return lambda angle: np.diag([cmath.exp(1j * angle * (i == place)) for i in range(4)])


def _exchange(amplitude: complex, rest: complex = 0.0) -> Matrix:
    out = np.eye(4, dtype=complex)
    out[1:3, 1:3] = [[rest, amplitude], [amplitude, rest]]
    return out


def _u(tilt: float, last: float, first: float) -> Matrix:
    cos, sin = math.cos(tilt / 2), math.sin(tilt / 2)
    return np.array(
        [
            [cos, -cmath.exp(1j * first) * sin],
            [cmath.exp(1j * last) * sin, cmath.exp(1j * (first + last)) * cos],
        ]
    )


def _ms(first: float, second: float, angle: float) -> Matrix:
    axes = [math.cos(a) * _X + math.sin(a) * _Y for a in (first, second)]
    return _exp(np.kron(axes[0], axes[1]), angle)


_V = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2
_SWAP = _exchange(1.0)
_ECR = np.array([[0, 0, 1, 1j], [0, 0, 1j, 1], [1, -1j, 0, 0], [-1j, 1, 0, 0]]) / math.sqrt(2)

_MATRICES: dict[str, Callable[..., Matrix]] = {
    "i": lambda: _I2,
    "h": lambda: (_X + _Z) / math.sqrt(2),
    "x": lambda: _X,
    "y": lambda: _Y,
    "z": lambda: _Z,
    "s": lambda: np.diag([1, 1j]),
    "si": lambda: np.diag([1, -1j]),
    "t": lambda: np.diag([1, cmath.exp(0.25j * math.pi)]),
    "ti": lambda: np.diag([1, cmath.exp(-0.25j * math.pi)]),
    "v": lambda: _V,
    "vi": lambda: _V.conj().T,
    "rx": lambda a: _exp(_X, a),
    "ry": lambda a: _exp(_Y, a),
    "rz": lambda a: _exp(_Z, a),
    "phaseshift": lambda a: np.diag([1, cmath.exp(1j * a)]),
    "U": _u,
    "prx": _equator,
    "gpi": lambda axis: _equator(math.pi, axis),
    "gpi2": lambda axis: _equator(math.pi / 2, axis),
    "cnot": lambda: _controlled(_X),
    "cy": lambda: _controlled(_Y),
    "cz": lambda: _controlled(_Z),
    "cv": lambda: _controlled(_V),
    "ecr": lambda: _ECR,
    "swap": lambda: _SWAP,
    "iswap": lambda: _exchange(1j),
    "pswap": lambda a: _exchange(cmath.exp(1j * a)),
    "xy": lambda a: _exchange(1j * math.sin(a / 2), math.cos(a / 2)),
    "xx": lambda a: _exp(np.kron(_X, _X), a),
    "yy": lambda a: _exp(np.kron(_Y, _Y), a),
    "zz": lambda a: _exp(np.kron(_Z, _Z), a),
    "cphaseshift": _phase_at(3),
    "cphaseshift00": _phase_at(0),
    "cphaseshift01": _phase_at(1),
    "cphaseshift10": _phase_at(2),
    "ms": _ms,
    "ccnot": lambda: _controlled(_controlled(_X)),
    "cswap": lambda: _controlled(_SWAP),
}

GATE_NAMES = tuple(_MATRICES)

_INTO_Z = {"X": _exp(_Y, -math.pi / 2), "Y": _exp(_X, math.pi / 2), "Z": _I2, "I": _I2}


def amplitudes(
    circuit: Circuit, *, qubits: Sequence[int], values: Mapping[str, float]
) -> NDArray[np.complex128]:
    """Return the state after `circuit` on |0...0>: shape (2,) * len(qubits), axis i `qubits[i]`."""
    state = np.zeros((2,) * len(qubits), dtype=complex)
    state[(0,) * len(qubits)] = 1
    return evolved(state, circuit=circuit, qubits=qubits, values=values)


def evolved(
    state: NDArray[np.complex128],
    *,
    circuit: Circuit,
    qubits: Sequence[int],
    values: Mapping[str, float],
) -> NDArray[np.complex128]:
    """Return `state` after `circuit`; axes after the first len(qubits) are left alone."""
    axis_of = {qubit: axis for axis, qubit in enumerate(qubits)}
    for gate in circuit.gates:
        axes = [axis_of[qubit] for qubit in gate.qubits]
        state = _applied(state, matrix=_matrix(gate, values), axes=axes)
    return state


def isometry(
    circuit: Circuit,
    *,
    starts: Sequence[int],
    ends: Sequence[int],
    values: Mapping[str, float],
) -> Matrix:
    """Return the matrix from states of `starts` to states of `ends`, other qubits from 0 to 0."""
    touched = {qubit for gate in circuit.gates for qubit in gate.qubits}
    qubits = [*starts, *sorted(touched.union(ends) - set(starts))]
    size, spare = 2 ** len(starts), len(qubits) - len(starts)
    state = np.zeros((size, 2**spare, size), dtype=complex)
    state[:, 0, :] = np.eye(size)
    state = state.reshape((2,) * len(qubits) + (size,))
    state = evolved(state, circuit=circuit, qubits=qubits, values=values)
    out = np.moveaxis(state, [qubits.index(qubit) for qubit in ends], range(len(ends)))
    return out.reshape(size, 2**spare, size)[:, 0, :]


def outcome_probabilities(
    circuit: Circuit, *, measured: Sequence[int], values: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return the distribution of outcomes of `measured`: (2**n,), the first qubit leftmost."""
    touched = {qubit for gate in circuit.gates for qubit in gate.qubits}
    qubits = [*measured, *sorted(touched - set(measured))]
    weights = np.abs(amplitudes(circuit, qubits=qubits, values=values)) ** 2
    return weights.reshape(2 ** len(measured), -1).sum(axis=1)


def basis_probabilities(
    circuit: Circuit, *, basis: str, values: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return the distribution of outcomes of a source circuit in a measurement basis."""
    qubits = range(circuit.n_qubits)
    state = amplitudes(circuit, qubits=qubits, values=values)
    for qubit in qubits:
        state = _applied(state, matrix=_INTO_Z[basis[qubit]], axes=[qubit])
    return (np.abs(state) ** 2).reshape(-1)


def _matrix(gate: Gate, values: Mapping[str, float]) -> Matrix:
    return _MATRICES[gate.name](*(angle.bind(values) for angle in gate.angles))


def _applied(
    state: NDArray[np.complex128], *, matrix: Matrix, axes: Sequence[int]
) -> NDArray[np.complex128]:
    n = len(axes)
    tensor = matrix.reshape((2,) * (2 * n))
    return np.moveaxis(np.tensordot(tensor, state, axes=(range(n, 2 * n), axes)), range(n), axes)
