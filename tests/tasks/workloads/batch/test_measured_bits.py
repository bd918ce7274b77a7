"""The bits of every answer are those that the program measures into, in its order."""

import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from datasets.records.executions import Counts
from tasks.context.runtime import Runtime
from tasks.execution.executions import gather, submit
from tasks.workloads.batch import batch as batches
from tasks.workloads.batch.batch import Batch
from tests.tasks.core.qasm.measured_texts import (
    MeasuredText,
    by_braket,
    by_qiskit,
    distance,
    measured_texts,
)
from tests.tasks.workloads.batch.opened_batches import Opened

pytestmark = pytest.mark.slow

GATES = {"x": (1, 0), "h": (1, 0), "ry": (1, 1), "cx": (2, 0), "cz": (2, 0)}
FLIPS = {"x": (1, 0), "cx": (2, 0), "ccx": (3, 0)}
SHOTS = 2000
TOGETHER = 12


def few(max_examples: int) -> settings:
    """Return settings for examples of `TOGETHER` circuits, which take too long to be shrunk."""
    return settings(
        max_examples=max_examples,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


CASES = {
    "swapped": ("qreg q[2]; creg c[2]; x q[0]; measure q[0] -> c[1]; measure q[1] -> c[0];", "01"),
    "one of three": ("qreg q[3]; creg c[1]; x q[1]; h q[2]; h q[0]; measure q[1] -> c[0];", "1"),
    "two of 127": (
        "qreg q[127]; creg c[2]; x q[9]; cx q[9], q[6]; measure q[9]->c[0]; measure q[6]->c[1];",
        "11",
    ),
    "a gap": ("qreg q[2]; creg c[5]; x q[0]; measure q[0] -> c[4]; measure q[1] -> c[2];", "01"),
    "a later outcome": (
        "qreg q[2]; creg c[1]; x q[1]; measure q[0] -> c[0]; measure q[1] -> c[0];",
        "1",
    ),
    "two registers": (
        "qreg q[2]; creg a[1]; creg b[1]; x q[0]; measure q[0] -> b[0]; measure q[1] -> a[0];",
        "01",
    ),
    "nothing measured": ("qreg q[5]; x q[3]; cx q[3], q[1]; swap q[1], q[2]; x q[4];", "0111"),
}


def shares(runtime: Runtime, batch: Batch) -> dict[int, dict[str, float]]:
    """Return how often each circuit's bit strings were seen."""
    dispatch = runtime.dispatch(runtime.journal.run(batch.run_id))
    executions = batches.planned(batch)
    submit(executions, dispatch=dispatch)
    found = batches.returned(batch, gather(executions, dispatch=dispatch))
    assert not found.failed
    return {
        number: strings(counts)
        for number, bases in found.counts.items()
        for counts in bases.values()
    }


def strings(counts: Counts) -> dict[str, float]:
    pairs = zip(counts.outcomes.tolist(), counts.counts.tolist(), strict=True)
    return {f"{one:0{counts.n_qubits}b}"[::-1]: count / counts.shots for one, count in pairs}


@pytest.mark.parametrize("target", ["local:sv", "emulator:garnet"])
def test_a_batch_counts_the_bits_that_each_circuit_measures_into(
    target: str, opened: Opened
) -> None:
    texts = [f'OPENQASM 2.0; include "qelib1.inc"; {body}' for body, _ in CASES.values()]
    runtime, batch = opened(*texts, target=target)
    found = shares(runtime, batch)
    likeliest = [max(found[place], key=found[place].__getitem__) for place in range(len(texts))]
    assert dict(zip(CASES, likeliest, strict=True)) == {
        name: one for name, (_, one) in CASES.items()
    }
    if target == "local:sv":
        assert all(len(each) == 1 for each in found.values())


@given(st.lists(measured_texts(gates=GATES), min_size=TOGETHER, max_size=TOGETHER))
@few(4)
def test_bits_on_a_simulator_are_those_of_qiskit(opened: Opened, texts: list[MeasuredText]) -> None:
    sources = [text.old if place % 2 else text.new for place, text in enumerate(texts)]
    runtime, batch = opened(*sources, target="local:sv", shots=SHOTS)
    found = shares(runtime, batch)
    for place, text in enumerate(texts):
        meant = by_qiskit(text)
        assert {len(string) for string in found[place]} == {len(text.written)}
        assert distance(found[place], meant) < tolerance(meant), sources[place]


@given(st.lists(measured_texts(gates=GATES), min_size=TOGETHER, max_size=TOGETHER))
@few(2)
def test_bits_on_a_simulator_are_those_of_braket(opened: Opened, texts: list[MeasuredText]) -> None:
    texts = [replace(text, bits=text.bits[:1]) for text in texts if _one_register(text)]
    if not texts:
        return
    runtime, batch = opened(*(text.new for text in texts), target="local:sv", shots=SHOTS)
    found = shares(runtime, batch)
    for place, text in enumerate(texts):
        meant = by_braket(text, shots=SHOTS)
        assert distance(found[place], meant) < 2 * tolerance(meant), text.new


@given(st.lists(measured_texts(gates=FLIPS), min_size=TOGETHER, max_size=TOGETHER))
@few(2)
def test_the_likeliest_bits_on_an_emulated_device_are_those_of_qiskit(
    opened: Opened, texts: list[MeasuredText]
) -> None:
    runtime, batch = opened(*(text.old for text in texts), target="emulator:garnet", shots=SHOTS)
    found = shares(runtime, batch)
    for place, text in enumerate(texts):
        (meant,) = by_qiskit(text)
        assert max(found[place], key=found[place].__getitem__) == meant, text.old


def tolerance(meant: dict[str, float]) -> float:
    """Return a distance that shots alone exceed once in a million circuits."""
    return 0.5 * math.sqrt(len(meant) / SHOTS) + math.sqrt(math.log(1e6) / (2 * SHOTS))


def _one_register(text: MeasuredText) -> bool:
    return {bit[0] for _, bit in text.measurements} == {text.bits[0][0]}
