"""Mirror circuits: random layers, a turn, and the way back, with one outcome that is known.

The circuits of Proctor et al. (Nature Physics 18, 2022, 75; arXiv:2008.11294): layers of random
Clifford rotations and native entanglers with random Pauli layers between, a Pauli layer at the
turn, then the inverse layers in reverse with Pauli layers of their own. Without the Pauli layers
the circuit is the identity, so what they become on the way to the end says which bits are flipped.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.devices import Pair
from tasks.core.compilation.emission import emit
from tasks.core.compilation.natives import LOWERED, Natives
from tasks.errors import BadInput

_QUARTER: Final = Angle(math.pi / 2)
_HALF: Final = Angle(math.pi)
_TURNS: Final = 4


@dataclass(frozen=True, slots=True)
class Mirror:
    """A mirror circuit on device labels; `outcome` has bit i for the i-th label."""

    circuit: Circuit
    outcome: int


def mirror(
    labels: Sequence[int],
    *,
    couplers: Sequence[Pair],
    natives: Natives,
    layers: int,
    rng: np.random.Generator,
) -> Mirror:
    """Return a mirror circuit with `layers` layers each way; `couplers` are among the labels.

    Raises:
        BadInput: the device couples qubits by a gate that is not known here.
    """
    frame = _Frame(labels)
    gates: list[Gate] = []
    way = [list(_layer(labels, couplers, rng=rng)) for _ in range(layers)]
    for layer in way:
        gates += frame.after(layer)
        gates += frame.pauli_layer(rng)
    gates += frame.pauli_layer(rng)
    for layer in reversed(way):
        gates += frame.after(back for gate in reversed(layer) for back in _inverse(gate))
        gates += frame.pauli_layer(rng)
    return Mirror(Circuit(len(labels), emit(gates, natives=natives)), frame.flipped)


class _Frame:
    """What the Pauli layers so far are worth at this point: an X and a Z a label, without sign."""

    def __init__(self, labels: Sequence[int]) -> None:
        self._x = dict.fromkeys(labels, False)
        self._z = dict.fromkeys(labels, False)

    @property
    def flipped(self) -> int:
        """The outcome if this is the end."""
        return sum(1 << place for place, flip in enumerate(self._x.values()) if flip)

    def after(self, gates: Iterable[Gate]) -> Iterator[Gate]:
        """Yield Clifford gates, and move the Paulis past each."""
        for gate in gates:
            self._move(gate)
            yield gate

    def pauli_layer(self, rng: np.random.Generator) -> Iterator[Gate]:
        """Yield a random Pauli on each label."""
        for label in self._x:
            flip, phase = rng.integers(2, size=2).astype(bool).tolist()
            self._x[label] ^= flip
            self._z[label] ^= phase
            yield from [Gate("rx", (label,), (_HALF,))] * flip
            yield from [Gate("rz", (label,), (_HALF,))] * phase

    def _move(self, gate: Gate) -> None:
        x, z, (first, *rest) = self._x, self._z, gate.qubits
        match gate.name:
            case "rz":
                z[first] ^= x[first] and _is_quarter(gate)
            case "rx":
                x[first] ^= z[first] and _is_quarter(gate)
            case "xx":
                both = z[first] ^ z[rest[0]]
                x[first], x[rest[0]] = x[first] ^ both, x[rest[0]] ^ both
            case name:
                x1, x2 = x[first], x[rest[0]]
                turned = x1 ^ x2
                z[first], z[rest[0]] = (
                    z[first] ^ (x2 if name == "cz" else turned),
                    z[rest[0]] ^ (x1 if name == "cz" else turned),
                )
                if name == "iswap":
                    x[first], x[rest[0]] = x2, x1
                    z[first], z[rest[0]] = z[rest[0]], z[first]


def _layer(
    labels: Sequence[int], couplers: Sequence[Pair], *, rng: np.random.Generator
) -> Iterator[Gate]:
    """Yield random quarter turns on each label, then entanglers on a random choice of pairs."""
    for label in labels:
        before, after = rng.integers(_TURNS, size=2).tolist()
        yield Gate("rz", (label,), (_QUARTER * before,))
        yield Gate("rx", (label,), (_QUARTER,))
        yield Gate("rz", (label,), (_QUARTER * after,))
    free = set(labels)
    for place in rng.permutation(len(couplers)).tolist():
        pair = couplers[place]
        if free.issuperset(pair.labels):
            free -= set(pair.labels)
            yield _entangler(pair)


def _entangler(pair: Pair) -> Gate:
    name = LOWERED.get(pair.gate)
    if name is None:
        message = (
            f"Mirror circuits are made with {', '.join(LOWERED)}; the pair "
            f"{pair.labels[0]}-{pair.labels[1]} has {pair.gate}. Choose another device."
        )
        raise BadInput(message)
    return Gate(name, pair.labels, (_QUARTER,) if name in {"zz", "xx"} else ())


def _inverse(gate: Gate) -> tuple[Gate, ...]:
    """Return the inverse with the entangler as it is; what its sign takes is free rotations."""
    around = Gate("rz", gate.qubits[:1], (_HALF,))
    match gate.name:
        case "rz" | "rx":
            return (Gate(gate.name, gate.qubits, (-gate.angles[0],)),)
        case "zz":
            return (gate, *(Gate("rz", (label,), (_HALF,)) for label in gate.qubits))
        case "xx" | "iswap":
            return (around, gate, around)
    return (gate,)


def _is_quarter(gate: Gate) -> bool:
    return round(abs(gate.angles[0].constant) / _QUARTER.constant) % 2 == 1
