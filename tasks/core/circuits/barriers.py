"""Barriers: lines in a circuit that no gate is moved, merged or cancelled across."""

from collections.abc import Iterable, Sequence

from datasets.records.circuits import BARRIER, Gate


def effective(gates: Sequence[Gate]) -> tuple[Gate, ...]:
    """Return the gates without the barriers that part nothing.

    Such a barrier has no gate before it on any of its qubits, or none after it, as one that stands
    before the measurements.
    """
    return _after_gates(_after_gates(gates)[::-1])[::-1]


def without(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """Return the gates without any barrier."""
    return tuple(gate for gate in gates if gate.name != BARRIER)


def _after_gates(gates: Sequence[Gate]) -> tuple[Gate, ...]:
    """Return the gates without the barriers that no gate on one of their qubits stands before."""
    acted = set[int]()
    kept: list[Gate] = []
    for gate in gates:
        if gate.name != BARRIER:
            acted.update(gate.qubits)
        elif acted.isdisjoint(gate.qubits):
            continue
        kept.append(gate)
    return tuple(kept)
