"""A mirror circuit ends in its one outcome, on every form of native gates."""

import numpy as np
import pytest

from datasets.records.devices import DeviceSnapshot
from tasks.backends.lowered import lower
from tasks.backends.noise import NOISELESS
from tasks.core.canaries.mirrors import mirror
from tasks.core.compilation.checks import check_native
from tasks.core.compilation.natives import natives_of
from tests.tasks.core.compilation.device_forms import FORMS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("device", FORMS, ids=lambda device: device.name)
@pytest.mark.parametrize("layers", [0, 1, 3])
def test_without_noise_the_known_outcome_is_certain(device: DeviceSnapshot, layers: int) -> None:
    labels = tuple(qubit.label for qubit in device.qubits[:4])
    couplers = [pair for pair in device.pairs if set(pair.labels) <= set(labels)]
    assert couplers
    outcomes = set()
    for seed in range(6):
        made = mirror(
            labels,
            couplers=couplers,
            natives=natives_of(device),
            layers=layers,
            rng=np.random.default_rng(seed),
        )
        check_native(made.circuit, snapshot=device)
        lowered = lower([made.circuit], measured_qubits=labels, names=(), noise=NOISELESS)
        found = lowered.probabilities(np.zeros((1, 0))).values[0][0]
        assert found[made.outcome] == pytest.approx(1.0, abs=1e-6)
        outcomes.add(made.outcome)
    assert len(outcomes) > 1
