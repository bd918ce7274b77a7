"""An honest emulator passes its canaries; one that is worse than what it publishes does not."""

from dataclasses import replace

import numpy as np
import pytest

from datasets.devices.catalogue import resolve
from datasets.records.devices import DeviceSnapshot, Figure
from datasets.records.executions import Counts, Executable, RunId
from tasks.backends import noise
from tasks.backends.lowered import lower
from tasks.core.canaries.scores import LEVEL, Score, judged, scores
from tasks.core.canaries.suite import Bundle, ghz_program
from tasks.core.compilation.compiler import compile_program
from tasks.core.physics.grouping import group
from tasks.program.experiment import Experiment
from tasks.requests.canary import CanaryRequest
from tasks.workloads.canary.canaries import Suite, designed, expected, planned

pytestmark = pytest.mark.slow

DRAWS = 200
SHOTS = 1000
ASKED = CanaryRequest(mirrors=2, layers=3, shots=SHOTS, readout_shots=SHOTS, tolerance=0.0)


@pytest.fixture(scope="module")
def suite() -> Suite:
    """Return the canaries of a Garnet as it was published."""
    snapshot = resolve("emulator:garnet")
    program = ghz_program(4)
    groups = group(program.observable)
    compiled = compile_program(program, snapshot=snapshot, bases=[groups[0].basis])
    experiment = Experiment(
        RunId("0" * 32), 1, "emulator:garnet", program, groups, snapshot, compiled
    )
    return designed(experiment, request=ASKED)


def worse(snapshot: DeviceSnapshot, *, factor: float) -> DeviceSnapshot:
    """Return the device with so many times the errors."""

    def scaled(figure: Figure | None) -> Figure | None:
        return figure and Figure(1 - factor * (1 - figure.value))

    qubits = [
        replace(
            qubit,
            one_qubit_fidelity=scaled(qubit.one_qubit_fidelity),
            readout_fidelity=scaled(qubit.readout_fidelity),
        )
        for qubit in snapshot.qubits
    ]
    pairs = [replace(pair, fidelity=scaled(pair.fidelity)) for pair in snapshot.pairs]
    return replace(snapshot, qubits=tuple(qubits), pairs=tuple(pairs))


def drawn(bundle: Bundle, *, device: DeviceSnapshot, seed: int) -> dict[str, Counts]:
    """Run a bundle on a device by the engine, `DRAWS` times: by variant, one a draw."""
    lowered = lower(
        [canary.circuit for canary in bundle.canaries],
        measured_qubits=bundle.compiled.measured_qubits,
        names=(),
        noise=noise.of(device),
    )
    n_circuits, n_qubits = len(bundle.canaries), len(bundle.compiled.measured_qubits)
    found = lowered.counts(np.zeros((DRAWS, 0)), shots=[SHOTS] * n_circuits, seed=seed)
    return {
        (canary.variant, draw): Counts(
            Executable(0, "Z" * n_qubits, canary.variant, 1),
            n_qubits,
            found.outcomes[slice(*found.offsets[row : row + 2])],
            found.counts[slice(*found.offsets[row : row + 2])],
        )
        for draw in range(DRAWS)
        for place, canary in enumerate(bundle.canaries)
        for row in [draw * n_circuits + place]
    }


def outcomes(suite: Suite, *, device: DeviceSnapshot) -> list[tuple[Score, ...]]:
    """Return the judged scores of each draw."""
    every: list[list[Score]] = [[] for _ in range(DRAWS)]
    for number, bundle in enumerate(suite.bundles):
        counts = drawn(bundle, device=device, seed=number)
        wanted = expected(suite, bundle)
        for draw in range(DRAWS):
            ours = {name: found for (name, at), found in counts.items() if at == draw}
            every[draw] += scores(bundle, counts=ours, expected=wanted, tolerance=suite.tolerance)
    return [judged(found) for found in every]


def test_an_honest_device_fails_no_more_often_than_is_said(suite: Suite) -> None:
    found = outcomes(suite, device=suite.experiment.snapshot)
    failed = sum(not all(score.passed for score in draw) for draw in found)
    assert failed <= DRAWS * LEVEL + 3 * np.sqrt(DRAWS * LEVEL)


def test_a_device_with_twice_the_published_errors_always_fails(suite: Suite) -> None:
    device = worse(suite.experiment.snapshot, factor=2.0)
    found = outcomes(suite, device=device)
    assert not any(all(score.passed for score in draw) for draw in found)
    ghz = [draw[0].p_value for draw in found]
    assert max(ghz) < LEVEL


def test_the_plan_buys_each_circuit_once_and_no_two_draws_share_their_seed(suite: Suite) -> None:
    executions = planned(suite)
    assert sum(len(execution.executables) for execution in executions) == sum(
        len(bundle.canaries) for bundle in suite.bundles
    )
    assert len({execution.seed for execution in executions}) == len(executions)
    assert planned(suite) == executions


def test_every_qubit_s_readout_is_learnt_once(suite: Suite) -> None:
    labels = [
        label
        for bundle in suite.bundles
        if bundle.is_readout
        for label in bundle.compiled.measured_qubits
    ]
    assert labels == [qubit.label for qubit in suite.experiment.snapshot.qubits]
