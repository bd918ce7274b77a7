"""Density matrices as the expectation values of all Pauli strings, and steps upon them.

A density matrix of n qubits is 4**n real numbers, Tr(P rho) for P in I, X, Y, Z of each qubit:
half the memory of complex entries, and no complex arithmetic. A rotation mixes only the strings
that anticommute with its generator, Pauli channels only scale, and Clifford gates only reorder, so
that noise costs nothing beside the gate it follows (arXiv:1509.02921 has the transfer matrices).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.backends.engine import gates
from tasks.backends.engine.channels import letters, operators, pauli_strings, total
from tasks.backends.engine.entries import (
    Entries,
    Entry,
    constants,
    identity,
    product,
    stack,
    unstack,
)
from tasks.backends.engine.program import CHANNELS, Step, Uncovered

DIMENSION = 4
MAX_MIXED_QUBITS = 4  # a transfer matrix on 4 qubits has 65,536 entries

# Each gate as rotations about Pauli strings, first to last: (generator, weight of each angle,
# constant), up to a global phase.
_Rotation = tuple[str, tuple[float, ...], float]
_ROTATIONS: Mapping[str, tuple[_Rotation, ...]] = {
    "rx": (("X", (1,), 0),),
    "ry": (("Y", (1,), 0),),
    "rz": (("Z", (1,), 0),),
    "phaseshift": (("Z", (1,), 0),),
    "U": (("Z", (0, 0, 1), 0), ("Y", (1, 0, 0), 0), ("Z", (0, 1, 0), 0)),
    "prx": (("Z", (0, -1), 0), ("X", (1, 0), 0), ("Z", (0, 1), 0)),
    "gpi": (("Z", (-1,), 0), ("X", (0,), np.pi), ("Z", (1,), 0)),
    "gpi2": (("Z", (-1,), 0), ("X", (0,), np.pi / 2), ("Z", (1,), 0)),
    "xx": (("XX", (1,), 0),),
    "yy": (("YY", (1,), 0),),
    "zz": (("ZZ", (1,), 0),),
    "xy": (("XX", (-0.5,), 0), ("YY", (-0.5,), 0)),
    "cphaseshift": (("ZI", (0.5,), 0), ("IZ", (0.5,), 0), ("ZZ", (-0.5,), 0)),
    "cphaseshift00": (("ZI", (-0.5,), 0), ("IZ", (-0.5,), 0), ("ZZ", (-0.5,), 0)),
    "cphaseshift01": (("ZI", (-0.5,), 0), ("IZ", (0.5,), 0), ("ZZ", (0.5,), 0)),
    "cphaseshift10": (("ZI", (0.5,), 0), ("IZ", (-0.5,), 0), ("ZZ", (0.5,), 0)),
    "ms": (
        *(("ZI", (-1, 0, 0), 0.0), ("IZ", (0, -1, 0), 0.0)),
        ("XX", (0, 0, 1), 0.0),
        *(("ZI", (1, 0, 0), 0.0), ("IZ", (0, 1, 0), 0.0)),
    ),
}


def matrix(step: Step, angles: Sequence[Entry]) -> Entries:
    """Return the transfer matrix of a gate or channel, (4**k, 4**k) real.

    Raises:
        Uncovered: it acts on more than `MAX_MIXED_QUBITS` qubits, or a rate is a parameter.
    """
    n_qubits = len(step.qubits)
    if step.name == "gphase" and not step.controls:
        return identity(DIMENSION**n_qubits)
    if n_qubits > MAX_MIXED_QUBITS:
        reason = f"{step.name} acts on {n_qubits} qubits of a density matrix"
        raise Uncovered(reason)
    if step.name in CHANNELS:
        return _constant(total(operators(step)), n_qubits)
    if step.name in _ROTATIONS and not step.controls and step.power in (1, -1):
        return _rotated(step, angles, n_qubits)
    found = gates.matrix(step, angles)
    sizes = [entry.shape[0] for row in found for entry in row if isinstance(entry, np.ndarray)]
    bare = stack(found, max(sizes, default=1))
    size = bare.shape[1] ** 2
    lifted = np.einsum("pij,pkl->pikjl", bare, bare.conj()).reshape(-1, size, size)
    return unstack(_transfer(lifted, n_qubits)) if sizes else _constant(lifted[0], n_qubits)


def start() -> Entries:
    """Return the column of one qubit in |0>."""
    return [[1.0], [0.0], [0.0], [1.0]]


def _rotated(step: Step, angles: Sequence[Entry], n_qubits: int) -> Entries:
    known = [*angles, np.pi / 2] if step.name == "ms" else list(angles)
    turns = _ROTATIONS[step.name][:: 1 if step.power == 1 else -1]
    found: Entries | None = None
    for generator, weights, fixed in turns:
        angle: Entry = fixed
        for weight, value in zip(weights, known, strict=False):
            if weight:
                angle = angle + weight * value
        turn = _rotation(letters(generator), n_qubits, angle * step.power)
        found = turn if found is None else product(turn, found)
    return identity(DIMENSION**n_qubits) if found is None else found


def _rotation(generator: int, n_qubits: int, angle: Entry) -> Entries:
    cos, sin = np.cos(angle), np.sin(angle)
    found = identity(DIMENSION**n_qubits)
    for string, partner, sign in _partners(generator, n_qubits):
        found[string][string] = cos
        found[partner][string] = sin if sign > 0 else -sin
    return found


@lru_cache(maxsize=256)
def _partners(generator: int, n_qubits: int) -> tuple[tuple[int, int, float], ...]:
    """Return each string that a rotation turns, into which, and the sign: `PQ = i sign R`."""
    strings = pauli_strings(n_qubits)
    turning = strings[generator] @ strings
    both = np.einsum("qij,rji->rq", turning, strings) / 2**n_qubits
    partners, turned = np.nonzero(np.abs(both.imag) > 0.5)  # noqa: PLR2004 - it is 0 or 1
    return tuple(
        (int(q), int(r), float(np.sign(both[r, q].imag)))
        for r, q in zip(partners, turned, strict=True)
    )


def _transfer(lifted: NDArray[Any], n_qubits: int) -> NDArray[np.float64]:
    strings = pauli_strings(n_qubits).conj().reshape(DIMENSION**n_qubits, -1)
    return np.ascontiguousarray((strings @ lifted @ strings.conj().T).real / 2**n_qubits)


def _constant(lifted: NDArray[Any], n_qubits: int) -> Entries:
    found = _transfer(lifted, n_qubits)
    return constants(np.where(np.abs(found) < 1e-15, 0.0, found))  # noqa: PLR2004 - rounding
