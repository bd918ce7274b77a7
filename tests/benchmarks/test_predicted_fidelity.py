"""Predicted fidelity ranks devices as their emulated outcomes do; a small part of the benchmark."""

import statistics

import pytest

from benchmarks.fidelity import DEVICES, correlations, look, own_circuits, placements

pytestmark = pytest.mark.slow

CIRCUITS = [item for item in own_circuits() if item[1].n_qubits <= 4]


def test_predicted_fidelity_ranks_better_than_the_median_two_qubit_error() -> None:
    pairs = [look(name, circuit, device) for name, circuit in CIRCUITS for device in DEVICES]
    seen = [each for each in pairs if each is not None and each.outcome == each.outcome]
    assert len({each.circuit for each in seen}) >= 8
    found = correlations(seen)
    assert found["predicted"] >= 0.8
    assert found["predicted"] > found["median error"]
    assert found["predicted, within circuits"] > found["median error, within circuits"]


def test_placing_by_the_full_error_model_gives_better_outcomes_where_it_differs() -> None:
    placed = placements([item for item in CIRCUITS if item[0] in {"ghz_2", "ghz_3", "ghz_4"}])
    gained = [full - alone for _, _, differs, full, alone in placed if differs]
    assert len(gained) >= len(placed) / 2
    assert statistics.mean(gained) > 0
