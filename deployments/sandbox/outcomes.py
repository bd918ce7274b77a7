"""Run the action of a task and gather what each executable gave, faults included."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.records.devices import DeviceSnapshot
from deployments.sandbox import circuits, result_types
from deployments.sandbox.actions import PROGRAM_SET, Action
from deployments.sandbox.sampling import Distribution, sample
from tasks.errors import ExecutionFailed

Fate = Mapping[str, Any]
_Key = tuple[str, tuple[tuple[str, float], ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What one executable gave: bits (shots, n_qubits), the labels, other results' values."""

    bits: NDArray[np.uint8]
    qubits: tuple[int, ...]
    values: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Failed:
    """Why one executable of a program set gave nothing."""

    reason: str
    retryable: bool
    category: str


Outcome = Measured | Failed


def run_action(
    action: Action, *, shots: int, snapshot: DeviceSnapshot, seed: int, fate: Fate
) -> list[list[Outcome]]:
    """Return what each executable of each program gave; `shots` are of all together.

    Raises:
        ExecutionFailed: the single program of a task cannot be run.
    """
    each = shots // action.executables
    kept = max(min(each, 1), each - math.floor(each * fate.get("lose_shots", 0.0)))
    is_set = action.kind == PROGRAM_SET
    struck = _struck(action.executables, fate=fate, seed=seed) if is_set else frozenset()
    device = _Device(action, snapshot)
    outcomes, number = list[list[Outcome]](), 0
    for program in action.programs:
        outcomes.append([])
        for inputs in program.inputs:
            rng = np.random.default_rng([seed, number])
            failed = _partial(fate) if number in struck else None
            found = failed or device.run((program.source, inputs), shots=kept, rng=rng)
            outcomes[-1].append(found)
            number += 1
    return outcomes


def flat(outcomes: list[list[Outcome]]) -> Iterator[Outcome]:
    """Give the outcomes of all executables in their order."""
    return (outcome for program in outcomes for outcome in program)


class _Device:
    """Remembers the distributions of executables that occur more than once."""

    def __init__(self, action: Action, snapshot: DeviceSnapshot) -> None:
        self._snapshot = snapshot
        self._single = action.kind != PROGRAM_SET
        keys = ((program.source, row) for program in action.programs for row in program.inputs)
        self._repeated = {key for key, count in Counter(keys).items() if count > 1}
        self._known: dict[_Key, Distribution] = {}

    def run(self, key: _Key, *, shots: int, rng: np.random.Generator) -> Outcome:
        """Return what one executable gives; a single program's failure is the task's."""
        try:
            if shots == 0:
                return self._exact(key)
            found = self._distribution(key)
            bits = sample(found, shots=shots, rng=rng)
            return Measured(bits, found.qubits, result_types.of_samples(found, bits))
        except ExecutionFailed as error:
            if self._single:
                raise
            return Failed(str(error), retryable=False, category="COMPILATION")

    def _exact(self, key: _Key) -> Measured:
        source, inputs = key
        values, qubits = result_types.exact(source, dict(inputs), snapshot=self._snapshot)
        return Measured(np.zeros((0, len(qubits)), dtype=np.uint8), tuple(qubits), values)

    def _distribution(self, key: _Key) -> Distribution:
        if key in self._known:
            return self._known[key]
        source, inputs = key
        found = circuits.distribution(source, dict(inputs), snapshot=self._snapshot)
        if key in self._repeated:
            self._known[key] = found
        return found


def _struck(executables: int, *, fate: Fate, seed: int) -> frozenset[int]:
    """Return which executables of a program set fail: at least one, at most all."""
    if "partial" not in fate:
        return frozenset()
    count = max(1, round(executables * fate["partial"]["fraction"]))
    rng = np.random.default_rng([seed, executables])
    return frozenset(rng.permutation(executables)[:count].tolist())


def _partial(fate: Fate) -> Failed:
    stated = fate["partial"]
    reason = stated["reason"] or "The device could not run this executable."
    return Failed(reason, retryable=stated["retryable"], category="DEVICE")
