"""Qubits are chosen by gates, readout and idling together, and never worse than by routing."""

import dataclasses
import itertools
import math

import pytest
from ansatz_circuits import ghz, program
from device_forms import IQM
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.devices import DeviceSnapshot, Figure
from tasks.core.compilation.compiler import compile_program
from tasks.core.compilation.durations import durations_of
from tasks.core.compilation.idling import gaps, kept
from tasks.core.compilation.relabelling import best_labels
from tasks.core.compilation.success import Fidelities, estimated_success

REAL = ("garnet", "garnet@2025-07-06", "emerald", "cepheus")
TIMES = st.floats(1e-6, 1e-3)
PULSE = Gate("prx", (1,), (Angle(1.0), Angle()))


@given(st.floats(0.0, 1e-2), st.floats(0.0, 1e-2), TIMES, TIMES)
def test_waiting_longer_never_keeps_more(one: float, more: float, t1: float, t2: float) -> None:
    first, second = (kept(wait, t1_s=t1, t2_s=t2) for wait in (one, one + more))
    assert 0.5 <= second <= first <= 1


@given(st.floats(0.0, 1e-3), TIMES)
def test_a_time_that_is_not_known_does_not_count(wait: float, t: float) -> None:
    assert kept(wait, t1_s=None, t2_s=None) == 1
    assert kept(wait, t1_s=t, t2_s=None) == pytest.approx(kept(wait, t1_s=t, t2_s=2 * t), rel=1e-14)
    assert kept(wait, t1_s=t, t2_s=9 * t) == kept(wait, t1_s=t, t2_s=2 * t)


def test_a_qubit_waits_between_its_gates_and_not_before_its_first() -> None:
    durations = durations_of(IQM)
    gates = [Gate("cz", (1, 2)), Gate("cz", (2, 3)), Gate("cz", (3, 6)), Gate("cz", (1, 2))]
    found = gaps(gates, durations=durations)
    # 2-3 and 3-6 go one after the other; the last 1-2 goes beside 3-6.
    assert found[1] == (pytest.approx(durations.two_qubit_s),)
    assert found[2] == found[3] == found[6] == ()


def test_gates_that_follow_each_other_leave_no_gap() -> None:
    assert set(gaps([PULSE] * 5, durations=durations_of(IQM)).values()) == {()}


def with_times(snapshot: DeviceSnapshot, t2_s: float) -> DeviceSnapshot:
    qubits = tuple(
        dataclasses.replace(q, t1_s=Figure(5e-5), t2_s=Figure(t2_s)) for q in snapshot.qubits
    )
    return dataclasses.replace(snapshot, qubits=qubits)


def test_a_circuit_that_waits_succeeds_less_where_phases_are_lost_sooner() -> None:
    circuit = Circuit(
        3, (Gate("cz", (1, 2)), Gate("cz", (2, 3)), Gate("cz", (2, 3)), Gate("cz", (1, 2)))
    )
    found = [
        estimated_success(circuit, measured_qubits=(1, 2, 3), snapshot=device)
        for device in (IQM, with_times(IQM, 2e-5), with_times(IQM, 2e-6))
    ]
    assert found[0] > found[1] > found[2]


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_the_search_finds_what_trying_every_path_finds(length: int) -> None:
    device = with_times(IQM, 8e-6)
    fidelities = Fidelities(device)
    couplers = {pair.labels for pair in device.pairs}
    path = (1, 2, 3, 6)[:length]
    gates = [Gate("rx", (q,), (Angle(1.0),)) for q in path]
    gates += [Gate("cz", pair) for pair in itertools.pairwise(path)] * 2

    def placed(labels: dict[int, int]) -> float:
        moved = [Gate(g.name, tuple(labels[q] for q in g.qubits), g.angles) for g in gates]
        return fidelities.log_success(moved, measured_qubits=[labels[q] for q in path])

    tried = (
        dict(zip(path, places, strict=True))
        for places in itertools.permutations(range(1, 10), length)
        if all((min(p), max(p)) in couplers for p in itertools.pairwise(places))
    )
    best = max(map(placed, tried))
    labels = best_labels(
        gates,
        whole=gates,
        layout=path,
        measured_qubits=path,
        snapshot=device,
        fidelities=fidelities,
    )
    assert math.isclose(placed(dict(labels)), best, abs_tol=1e-9)


def test_a_program_stays_where_nothing_is_better() -> None:
    flat = dataclasses.replace(
        IQM,
        qubits=tuple(
            dataclasses.replace(q, one_qubit_fidelity=Figure(0.999), readout_fidelity=Figure(0.98))
            for q in IQM.qubits
        ),
        pairs=tuple(dataclasses.replace(pair, fidelity=Figure(0.99)) for pair in IQM.pairs),
    )
    gates = [Gate("cz", (5, 6)), Gate("rx", (6,), (Angle(1.0),))]
    labels = best_labels(
        gates,
        whole=gates,
        layout=(5, 6),
        measured_qubits=(5, 6),
        snapshot=flat,
        fidelities=Fidelities(flat),
    )
    assert labels == {5: 5, 6: 6}


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_on_real_devices_the_best_pair_is_not_the_one_with_the_best_coupler(name: str) -> None:
    device = resolve(f"emulator:{name}")
    best = max(device.pairs, key=lambda pair: (pair.fidelity.value, pair.labels))
    compiled = compile_program(program(ghz(2)), snapshot=device, bases=["ZZ"])
    assert set(compiled.measured_qubits) != set(best.labels)
    on_best = Circuit(
        2,
        tuple(
            Gate(
                g.name,
                tuple(moved(q, compiled.measured_qubits, best.labels) for q in g.qubits),
                g.angles,
            )
            for g in compiled.measured[0].circuit.gates
        ),
    )
    assert compiled.metrics.estimated_success > estimated_success(
        on_best, measured_qubits=best.labels, snapshot=device
    )


def moved(label: int, old: tuple[int, ...], new: tuple[int, ...]) -> int:
    return new[old.index(label)]


@pytest.mark.slow
def test_a_program_that_was_moved_says_by_which_rule() -> None:
    device = resolve("emulator:garnet")
    compiled = compile_program(program(ghz(4)), snapshot=device, bases=["ZZZZ"])
    assert ("placement", "2") in compiled.toolchain
    again = compile_program(program(ghz(4)), snapshot=device, bases=["ZZZZ"])
    assert again.compiled_id == compiled.compiled_id
