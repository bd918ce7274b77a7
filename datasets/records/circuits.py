"""Circuits as plain values: gates with angles that are affine in the free parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

BARRIER: Final = "barrier"
"""The name of a gate that does nothing; a compiler moves and merges no gate across it."""


@dataclass(frozen=True, slots=True)
class Angle:
    """An angle in radians, `constant + sum(weight * parameter)`.

    `terms` is sorted by parameter name and holds no zero weights, so equal angles compare equal.
    """

    constant: float = 0.0
    terms: tuple[tuple[str, float], ...] = ()

    def bind(self, values: Mapping[str, float]) -> float:
        """Return the angle with every parameter replaced; extra names in `values` are ignored."""
        return self.constant + sum(weight * values[name] for name, weight in self.terms)

    def __add__(self, other: "Angle") -> "Angle":
        weights = dict(self.terms)
        for name, weight in other.terms:
            weights[name] = weights.get(name, 0.0) + weight
        kept = tuple(sorted((name, weight) for name, weight in weights.items() if weight != 0.0))
        return Angle(self.constant + other.constant, kept)

    def __mul__(self, factor: float) -> "Angle":
        return Angle(self.constant * factor, tuple((n, w * factor) for n, w in self.terms))

    def __neg__(self) -> "Angle":
        return self * -1.0


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: its name in OpenQASM 3 as Braket spells it, its qubits in order, its angles."""

    name: str
    qubits: tuple[int, ...]
    angles: tuple[Angle, ...] = ()


@dataclass(frozen=True, slots=True)
class Circuit:
    """Gates in order. Before compilation qubits are 0..n_qubits-1; afterwards device labels.

    `n_qubits` counts the qubits of the program, also those that no gate touches.
    """

    n_qubits: int
    gates: tuple[Gate, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the free parameters, sorted."""
        return tuple(sorted({n for g in self.gates for a in g.angles for n, _ in a.terms}))
