"""Turn a lowered circuit into what is measured: rotate the basis, drop what Z cannot see."""

import math
from collections.abc import Mapping, Sequence

from datasets.records.circuits import BARRIER, Angle, Circuit, Gate
from tasks.core.circuits.barriers import without
from tasks.core.compilation.rotations import Rotation, rotation_of, shortest

_INTO_Z: dict[str, tuple[Rotation, ...]] = {
    "I": (),
    "Z": (),
    "X": (("rz", Angle(math.pi / 2)), ("rx", Angle(math.pi / 2))),
    "Y": (("rx", Angle(math.pi / 2)),),
}
_DIAGONAL = frozenset({"cz", "zz"})


def light_cone(circuit: Circuit, *, measured: Sequence[int]) -> Circuit:
    """Return the circuit without the gates on which no measured outcome depends."""
    reached = set(measured)
    if len(reached) == circuit.n_qubits:
        return circuit
    kept: list[Gate] = []
    for gate in reversed(circuit.gates):
        if not reached.isdisjoint(gate.qubits):
            reached.update(gate.qubits)
            kept.append(gate)
    return Circuit(circuit.n_qubits, tuple(reversed(kept)))


def rotations_into(basis: str, *, measured_qubits: Sequence[int]) -> dict[int, list[Rotation]]:
    """Return what to append on each measured qubit so that a Z measurement reads the basis."""
    return {
        qubit: list(_INTO_Z[letter]) for letter, qubit in zip(basis, measured_qubits, strict=True)
    }


def measured_form(
    gates: Sequence[Gate], *, rotations: Mapping[int, Sequence[Rotation]], continuous: bool
) -> tuple[Gate, ...]:
    """Append `rotations`, then remove every gate that the outcomes do not depend on.

    Walks from the end. A qubit is open while nothing after this point matters but a measurement
    in Z, which commutes with diagonal gates; a qubit without an entry in `rotations` is not
    measured, so that while it is open no gate on it alone matters either. What stands before a
    barrier stays as it is; the barriers themselves are left out.
    """
    tails = _Tails(rotations, continuous=continuous)
    touched = {qubit for gate in gates for qubit in gate.qubits}
    kept: list[Gate] = []
    end = len(gates)
    while end and len(tails.closed) < len(touched):
        end -= 1
        if not tails.absorb(gates[end]):
            kept.append(gates[end])
    return without((*gates[:end], *reversed(kept), *tails.gates()))


class _Tails:
    """What stands between each qubit's last two-qubit gate and its measurement.

    Runs are kept last rotation first, because they grow from the end.
    """

    def __init__(self, rotations: Mapping[int, Sequence[Rotation]], *, continuous: bool) -> None:
        self.closed: set[int] = set()
        self._measured = frozenset(rotations)
        self._runs = {qubit: list(reversed(run)) for qubit, run in rotations.items()}
        self._continuous = continuous

    def absorb(self, gate: Gate) -> bool:
        """Take the gate out of the circuit where that is allowed; otherwise close its qubits."""
        if gate.name == BARRIER or not self.closed.isdisjoint(gate.qubits):
            self.closed.update(gate.qubits)
            return False
        if len(gate.qubits) == 1:
            if gate.qubits[0] in self._measured:
                self._runs[gate.qubits[0]].append(rotation_of(gate))
            return True
        if self._is_invisible(gate):
            for qubit in gate.qubits:
                self._runs[qubit] = []
            return True
        self.closed.update(gate.qubits)
        return False

    def gates(self) -> tuple[Gate, ...]:
        """Return the final rotations, qubit by qubit."""
        return tuple(
            Gate(axis, (qubit,), (angle,))
            for qubit in sorted(self._runs)
            for axis, angle in self._final(qubit)
        )

    def _is_invisible(self, gate: Gate) -> bool:
        if self._measured.isdisjoint(gate.qubits):
            return True
        return gate.name in _DIAGONAL and not any(self._final(qubit) for qubit in gate.qubits)

    def _final(self, qubit: int) -> tuple[Rotation, ...]:
        run = reversed(self._runs.get(qubit, ()))
        return shortest(run, continuous=self._continuous, measured=True)
