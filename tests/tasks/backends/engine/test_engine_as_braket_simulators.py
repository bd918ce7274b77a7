"""Braket users get what Braket's simulators give, sooner, and are told when it is theirs."""

import os
import subprocess
import sys
import tomllib
import warnings
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.architecture.sizes import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:You are running a noise-free")]

ENTRIES: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
    "entry-points"
]["braket.simulators"]
PEERS = {"qrt_sv": "braket_sv", "qrt_dm": "braket_dm"}
DYNAMIC = """OPENQASM 3.0;
bit[2] b; qubit[2] q;
x q[0]; b[0] = measure q[0];
if (b[0] == 1) { x q[1]; }
b[1] = measure q[1];
"""


def device(name: str) -> Any:
    from braket.devices import LocalSimulator

    module, _, simulator = ENTRIES[name].partition(":")
    return LocalSimulator(getattr(import_module(module), simulator)())


def peer(name: str) -> Any:
    from braket.devices import LocalSimulator

    return LocalSimulator(PEERS[name])


def a_circuit() -> Any:
    from braket.circuits import Circuit, FreeParameter

    turned = Circuit().h(0).cnot(0, 3).rx(3, 0.3).ry(1, FreeParameter("t"))
    return turned.cnot(1, 3).gphase(0.4).s(0, power=0.5)


def a_pair_of_atoms() -> Any:
    from braket.ahs import AnalogHamiltonianSimulation, AtomArrangement, DrivingField
    from braket.timings import TimeSeries

    def series(*values: float) -> Any:
        found = TimeSeries()
        for number, value in enumerate(values):
            found.put(number * 1e-6, value)
        return found

    atoms = AtomArrangement().add([0, 0]).add([0, 5.5e-6])
    drive = DrivingField(
        amplitude=series(0, 1e7, 0), phase=series(0, 0, 0), detuning=series(-1e7, 0, 1e7)
    )
    return AnalogHamiltonianSimulation(atoms, drive)


@pytest.mark.parametrize("name", PEERS)
def test_exact_results_are_braket_s(name: str) -> None:
    from braket.circuits import Observable

    circuit = a_circuit()
    circuit.probability([3, 0]).expectation(Observable.X() @ Observable.Y(), [0, 3])
    circuit.variance(Observable.Hermitian(np.array([[1, 2], [2, -1]])), [1]).density_matrix([1, 3])
    if name == "qrt_sv":
        circuit.state_vector().amplitude(["000", "101"])
    else:
        circuit.depolarizing(0, 0.1).amplitude_damping(3, 0.2).two_qubit_dephasing(0, 1, 0.05)
    inputs = {"t": 0.4}
    ours = device(name).run(circuit, shots=0, inputs=inputs).result().values
    theirs = peer(name).run(circuit, shots=0, inputs=inputs).result().values
    for one, other in zip(ours, theirs, strict=True):
        if isinstance(one, dict):
            assert one == pytest.approx(other, abs=1e-12)
        else:
            assert np.asarray(one) == pytest.approx(np.asarray(other), abs=1e-12)


@pytest.mark.parametrize("name", PEERS)
def test_measured_results_follow_the_exact_ones(name: str) -> None:
    from braket.circuits import Observable

    circuit = a_circuit().expectation(Observable.X() @ Observable.Y(), [0, 3])
    (exact,) = peer(name).run(circuit, shots=0, inputs={"t": 0.4}).result().values
    found = device(name).run(circuit, shots=4000, inputs={"t": 0.4}).result()
    assert found.measurements.shape == (4000, 3)
    assert abs(found.values[0] - exact) < 6 / np.sqrt(4000)


def test_partial_measurement_keeps_the_order_of_the_bits() -> None:
    circuit = a_circuit().measure([3, 0])
    ours = device("qrt_sv").run(circuit, shots=4000, inputs={"t": 0.4}).result()
    theirs = peer("qrt_sv").run(circuit, shots=4000, inputs={"t": 0.4}).result()
    assert ours.measured_qubits == theirs.measured_qubits == [3, 0]
    for bits, share in theirs.measurement_probabilities.items():
        assert abs(ours.measurement_probabilities.get(bits, 0.0) - share) < 6 * np.sqrt(0.5 / 4000)


def test_shots_are_in_no_order() -> None:
    measured = device("qrt_sv").run(a_circuit(), shots=4000, inputs={"t": 0.4}).result()
    first, last = np.split(measured.measurements[:, 0], 2)
    assert abs(first.mean() - last.mean()) < 6 * np.sqrt(0.5 / 2000)


def test_a_seed_repeats_the_shots_and_no_seed_does_not() -> None:
    def shots(**seed: int) -> list[Any]:
        run = device("qrt_sv").run(a_circuit(), shots=100, inputs={"t": 0.4}, **seed)
        return run.result().measurements.tolist()

    assert shots(seed=3) == shots(seed=3)
    assert shots(seed=3) != shots(seed=4)
    assert shots() != shots()


def test_a_batch_is_the_runs_one_by_one() -> None:
    from braket.circuits import Circuit

    rows = [{"t": 0.1 * i} for i in range(5)]
    circuit = Circuit().add_circuit(a_circuit()).state_vector()
    batch = device("qrt_sv").run_batch(circuit, shots=0, inputs=rows).results()
    for row, found in zip(rows, batch, strict=True):
        alone = device("qrt_sv").run(circuit, shots=0, inputs=row).result()
        assert found.values[0] == pytest.approx(alone.values[0], abs=1e-14)


def test_a_program_set_runs_all_its_executables() -> None:
    from braket.circuits import Circuit, FreeParameter
    from braket.program_sets import CircuitBinding, ProgramSet

    turn = Circuit().rx(0, FreeParameter("t"))
    wanted = ProgramSet([CircuitBinding(turn, {"t": [0.0, np.pi]})], shots_per_executable=10)
    found = device("qrt_sv").run(wanted).result()
    assert [dict(entry.counts) for entry in found[0]] == [{"0": 10}, {"1": 10}]


@pytest.mark.parametrize("name", PEERS)
def test_a_dynamic_circuit_runs_on_braket_s_simulator_and_says_so(name: str) -> None:
    from braket.ir.openqasm import Program

    with pytest.warns(UserWarning, match="leaves this program to Braket's simulator: it computes"):
        found = device(name).run(Program(source=DYNAMIC), shots=20).result()
    assert dict(found.measurement_counts) == {"11": 20}


@pytest.mark.parametrize("name", PEERS)
def test_an_analogue_program_runs_on_braket_s_simulator_and_says_so(name: str) -> None:
    ours = device(name)
    with pytest.warns(UserWarning, match="leaves this program to Braket's simulator: it is an ana"):
        alone = ours.run(a_pair_of_atoms(), shots=20).result()
    with pytest.warns(UserWarning, match="analogue"):
        batch = ours.run_batch([a_pair_of_atoms(), a_pair_of_atoms()], shots=5).results()
    # Within the blockade radius the two atoms are never excited together.
    assert {tuple(shot.post_sequence) for shot in alone.measurements} <= {(0, 1), (1, 0), (1, 1)}
    assert [len(found.measurements) for found in batch] == [5, 5]
    assert ours.run(a_circuit(), shots=5, inputs={"t": 0.4}).result().measurements.shape == (5, 3)


def test_noise_on_a_state_vector_fails_as_it_does_on_braket_s() -> None:
    circuit = a_circuit().depolarizing(0, 0.1)
    with pytest.warns(UserWarning, match="a state vector has no noise"), pytest.raises(TypeError):
        device("qrt_sv").run(circuit, shots=10, inputs={"t": 0.4})


def test_an_input_that_is_missing_is_named() -> None:
    with pytest.raises(NameError, match="Missing input variable 't'"):
        device("qrt_sv").run(a_circuit(), shots=10)


def test_an_input_may_decide_a_branch() -> None:
    from braket.ir.openqasm import Program

    source = "OPENQASM 3.0; input float n; qubit[1] q; i q[0]; if (n > 0.5) { x q[0]; }"
    tasks = [Program(source=source, inputs={"n": value}) for value in (0.0, 1.0, 0.2)]
    found = device("qrt_sv").run_batch(tasks, shots=5).results()
    assert [dict(each.measurement_counts) for each in found] == [{"0": 5}, {"1": 5}, {"0": 5}]


@pytest.mark.parametrize("name", PEERS)
def test_threads_may_run_at_once(name: str) -> None:
    shared, circuit = device(name), a_circuit()

    def run(number: int) -> list[Any]:
        done = shared.run(circuit, shots=50, inputs={"t": 0.4 + number % 2}, seed=number % 2)
        return done.result().measurements.tolist()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(run, range(24)))
    assert found[2:] == found[:2] * 11
    assert found[0] != found[1]


def test_braket_finds_the_simulators_by_name(tmp_path: Path) -> None:
    metadata = tmp_path / "engine_test-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: engine-test\nVersion: 1\n")
    lines = [f"{name} = {place}" for name, place in ENTRIES.items()]
    (metadata / "entry_points.txt").write_text("\n".join(["[braket.simulators]", *lines]) + "\n")
    program = (
        "from braket.circuits import Circuit\nfrom braket.devices import LocalSimulator\n"
        "for name in ('qrt_sv', 'qrt_dm'):\n"
        "    result = LocalSimulator(name).run(Circuit().x(0), shots=3).result()\n"
        "    print(name, dict(result.measurement_counts))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines() == ["qrt_sv {'1': 3}", "qrt_dm {'1': 3}"]


def test_the_engine_gives_no_warning_of_its_own() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        device("qrt_dm").run(a_circuit(), shots=10, inputs={"t": 0.1})


def test_circuits_that_differ_in_numbers_alone_are_read_once_and_stay_apart() -> None:
    from braket.circuits import Circuit

    ours = device("qrt_sv")
    angles = [0.3, -1e-05, 2.0, 3.0, 0.3]
    circuits = [Circuit().rx(0, a).prx(1, a, 2 * a).cnot(0, 1).state_vector() for a in angles]
    alone = [ours.run(circuit, shots=0).result().values[0] for circuit in circuits]
    batch = [found.values[0] for found in ours.run_batch(circuits, shots=0).results()]
    for circuit, one, other in zip(circuits, alone, batch, strict=True):
        expected = peer("qrt_sv").run(circuit, shots=0).result().values[0]
        assert one == pytest.approx(expected, abs=1e-14)
        assert other == pytest.approx(expected, abs=1e-14)
