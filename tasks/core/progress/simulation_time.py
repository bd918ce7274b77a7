"""Estimate how long a simulation will take on this machine."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from datasets.records.circuits import Circuit
from tasks.core.text.amounts import counted

AMPLITUDES_PER_S: Final = 4e7  # that one gate with its noise passes over, on one slow core
OVERHEAD_S: Final = 2e-4  # of a gate, however small the state
LONG_S: Final = 60.0  # from here on it is told before it begins


@dataclass(frozen=True, slots=True)
class Simulation:
    """What is to be simulated: each circuit once at each point, `dense` as a density matrix."""

    gates: int
    qubits: int
    points: int
    dense: bool

    @property
    def expected_s(self) -> float:
        """The time that it takes, by the gates and the amplitudes that each passes over."""
        size = (4.0 if self.dense else 2.0) ** self.qubits
        return self.gates * (OVERHEAD_S + self.points * size / AMPLITUDES_PER_S)


def simulation(circuits: Iterable[Circuit], *, points: int, dense: bool) -> Simulation:
    """Return what measuring compiled circuits at so many points takes."""
    every = list(circuits)
    touched = [{qubit for gate in each.gates for qubit in gate.qubits} for each in every]
    gates = sum(len(each.gates) for each in every)
    return Simulation(gates, max(map(len, touched), default=0), points, dense)


def long_line(todo: Iterable[Simulation]) -> str:
    """Say that a simulation will take minutes, and why; nothing where it will not."""
    every = list(todo)
    total_s = sum(each.expected_s for each in every)
    if total_s < LONG_S:
        return ""
    worst = max(every, key=lambda each: each.expected_s)
    state = "density matrix" if worst.dense else "state vector"
    quicker = ", or local:sv" if worst.dense else ""
    return (
        f"this will take some {counted(round(total_s / LONG_S), 'minute')}: "
        f"{counted(worst.gates, 'gate')} on a {state} of {counted(worst.qubits, 'qubit')}, at "
        f"{counted(worst.points, 'point')}. Fewer qubits, layers or points are quicker{quicker}"
    )
