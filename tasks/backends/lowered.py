"""Circuits that are simulated here again and again: lowered once, all points in one call."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from datasets.records.circuits import Circuit
from tasks.backends.engine import running
from tasks.backends.engine.compiled import from_circuits
from tasks.backends.engine.program import Program, Values
from tasks.backends.engine.results import Counts, Estimates, Setting
from tasks.backends.noise import NoiseModel


@dataclass(frozen=True, slots=True)
class Lowered:
    """Circuits of one register as the engine takes them; `names` are the columns of points."""

    programs: tuple[Program, ...]
    names: tuple[str, ...]
    setting: Setting

    def probabilities(self, points: Values) -> Estimates:
        """Return each circuit's outcome probabilities, bit 0 the first measured qubit."""
        return running.probabilities(self.programs, points, names=self.names, setting=self.setting)

    def counts(self, points: Values, *, shots: Sequence[int], seed: int) -> Counts:
        """Draw `shots[i]` shots of the i-th circuit at each point, (n_points, n_parameters)."""
        return running.counts(
            self.programs,
            points,
            names=self.names,
            shots=shots,
            seed=seed,
            setting=self.setting,
        )


def lower(
    circuits: Sequence[Circuit],
    *,
    measured_qubits: Sequence[int],
    names: Sequence[str],
    noise: NoiseModel | None,
) -> Lowered:
    """Return the circuits, in device labels, ready to run; without noise as state vectors."""
    programs = from_circuits(circuits, measured_qubits=measured_qubits, noise=noise)
    setting = Setting(noisy=noise is not None, workers=os.cpu_count() or 1)
    return Lowered(programs, tuple(names), setting)
