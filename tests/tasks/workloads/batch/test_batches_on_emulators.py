"""Circuits of many programs run together, and each finds its own counts."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tasks.context.runtime import Runtime
from tasks.errors import BadInput, ExecutionFailed
from tasks.execution.executions import Gathered, gather, submit
from tasks.workloads.batch import batch as batches
from tasks.workloads.batch import landing as batch_landing
from tasks.workloads.batch import readouts as batch_readouts
from tasks.workloads.batch.batch import Batch, Returned
from tests.tasks.workloads.batch.opened_batches import Opened

pytestmark = pytest.mark.slow


def prepares(number: int, n_qubits: int) -> str:
    """Return a circuit of so many used qubits whose outcome is a number, qubit 0 its lowest bit."""
    flips = "".join(f"x q[{q}];\n" for q in range(n_qubits) if number >> q & 1)
    return f"OPENQASM 3.0;\nqubit[{n_qubits}] q;\nz q;\n{flips}"


def gathered(runtime: Runtime, batch: Batch) -> Gathered:
    dispatch = runtime.dispatch(runtime.journal.run(batch.run_id))
    executions = batches.planned(batch)
    submit(executions, dispatch=dispatch)
    return gather(executions, dispatch=dispatch)


def most_frequent(found: Returned) -> Mapping[int, int]:
    return {
        number: int(counts.outcomes[counts.counts.argmax()])
        for number, bases in found.counts.items()
        for counts in bases.values()
    }


@pytest.mark.parametrize("target", ["local:sv", "emulator:garnet"])
def test_every_circuit_s_counts_are_its_own_whatever_runs_beside_it(
    target: str, opened: Opened
) -> None:
    wanted = [(number, 2 + number % 3) for number in (3, 0, 2, 1, 3, 6, 5, 4, 1, 3)]
    wanted = [(number % 2**n_qubits, n_qubits) for number, n_qubits in wanted]
    runtime, batch = opened(*(prepares(*each) for each in wanted), target=target)
    found = batches.returned(batch, gathered(runtime, batch))
    assert most_frequent(found) == {place: number for place, (number, _) in enumerate(wanted)}
    estimates = batch_landing.estimated(batch, found, misreading=None)
    for place, (number, n_qubits) in enumerate(wanted):
        values = [estimate.value for estimate in estimates[place]]
        assert len(values) == n_qubits
        for qubit, value in enumerate(values):
            assert abs(value - (1 - 2 * (number >> qubit & 1))) < 0.35


def test_a_basis_that_never_came_back_fails_its_circuit_alone_with_the_reason(
    opened: Opened,
) -> None:
    runtime, batch = opened(prepares(1, 2), prepares(2, 2), prepares(3, 2), target="local:sv")
    whole = gathered(runtime, batch)
    (item,) = whole.collected
    less = replace(item, counts=tuple(c for c in item.counts if c.executable.point != 1))
    found = batches.returned(batch, Gathered((less,), {(1, "ZZ", "raw"): "it was too warm"}))
    assert (sorted(found.counts), found.failed) == ([0, 2], {1: "it was too warm"})
    with pytest.raises(ExecutionFailed, match="local:sv returned nothing: it was too warm"):
        batch_landing.estimated(batch, Returned({}, found.failed), misreading=None)


def test_circuits_that_do_not_fit_are_refused_one_by_one_and_all_together(opened: Opened) -> None:
    wide = prepares(1, 13)
    _, batch = opened(wide, prepares(1, 2), target="emulator:garnet")
    assert (list(batch.compiled), list(batch.refused)) == ([1], [0])
    assert batch.members[0].number == 1
    with pytest.raises(BadInput, match="up to 12 qubits"):
        opened(wide, target="emulator:garnet")


def test_readout_is_learnt_once_for_all_qubits_that_some_circuit_measures(opened: Opened) -> None:
    circuits = [prepares(number, 4) for number in range(4)]
    runtime, batch = opened(*circuits, target="emulator:garnet", mitigate="readout")
    misreading = batch_readouts.learn(batch, shots=2000, runtime=runtime)
    labels = batch_readouts.measured_qubits(batch)
    assert set(misreading.learnt) == set(labels)
    bought = batch_readouts.quoted(batch, shots=2000, runtime=runtime)
    entries = runtime.journal.executions(batch.run_id)
    assert (bought.tasks, bought.shots) == (
        len(entries),
        sum(entry.execution.shots for entry in entries),
    )
    found = batches.returned(batch, gathered(runtime, batch))
    estimates = batch_landing.estimated(batch, found, misreading=misreading)
    raw = [one.raw_value for one in estimates[0]]
    assert sum(one.value for one in estimates[0]) > sum(raw)
