"""Queued tasks run, leave Braket's documents and are charged; the same for the same seed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sandbox_calls import (
    BELL,
    BUCKET,
    CEPHEUS,
    DM1,
    FORTE,
    GARNET,
    SV1,
    VERBATIM_BELL,
    Caller,
    program,
    program_set,
)
from sandbox_runs import PI, object_of, run, sweep, the_bill

from datasets.devices import catalogue
from deployments.sandbox.settings import Settings
from deployments.sandbox.state import State
from tasks.backends import noise
from tasks.core.circuits.openqasm_reader import from_openqasm
from tests.tasks.backends.braket import braket_simulation

pytestmark = pytest.mark.slow
CONFLICT = (
    "OPENQASM 3.0;\nqubit[1] q;\nh q[0];\n#pragma braket result expectation x(q[0])\n"
    "#pragma braket result expectation z(q[0])"
)


@pytest.mark.parametrize("device", [SV1, DM1, GARNET, FORTE, CEPHEUS])
def test_a_bell_pair_comes_back_in_the_form_of_a_single_result(state: State, device: str) -> None:
    from braket.schema_common import BraketSchemaBase

    task = run(state, device)
    assert (task["status"], task["numSuccessfulShots"]) == ("COMPLETED", 100)
    found = object_of(state, task)
    parsed = BraketSchemaBase.parse_raw_schema(json.dumps(found))
    assert parsed.taskMetadata.id == task["quantumTaskArn"]
    equal = sum(first == second for first, second in found["measurements"])
    assert equal >= 80
    assert found["measuredQubits"] == [0, 1]


def test_the_same_seed_and_token_give_the_same_measurements(tmp_path: Path) -> None:
    def measured(folder: str, seed: int) -> Any:
        state = State.open(Settings(tmp_path / folder, seed=seed, service_s=0.0))
        Caller(state).send("s3", "PUT", f"/{BUCKET}")
        task = run(state, FORTE, clientToken="token")
        found = object_of(state, task)["measurements"]
        state.store.close()
        return found

    assert measured("a", 1) == measured("b", 1)
    assert measured("c", 2) != measured("a", 1)


def test_a_verbatim_circuit_has_the_noise_of_its_own_qubits(state: State) -> None:
    shots = 20_000
    task = run(state, GARNET, action=program(VERBATIM_BELL), shots=shots)
    found = np.array(object_of(state, task)["measurements"])
    circuit, measured = from_openqasm(VERBATIM_BELL)
    snapshot = catalogue.resolve("emulator:garnet")
    expected = braket_simulation.probabilities(
        circuit, {}, measured_qubits=measured, noise=noise.of(snapshot)
    )
    counts = np.bincount(found[:, 0] + 2 * found[:, 1], minlength=4)
    deviation = np.sqrt(shots * expected * (1 - expected))
    assert np.all(np.abs(counts - shots * expected) < 5 * deviation)


def test_both_readers_of_verbatim_circuits_agree(state: State) -> None:
    shots = 20_000
    spaced = VERBATIM_BELL.replace("cz $1, $2;", "cz  $1,$2 ;")
    texts = (VERBATIM_BELL, spaced)
    rates = []
    for text in texts:
        task = run(state, GARNET, action=program(text), shots=shots)
        found = np.array(object_of(state, task)["measurements"])
        rates.append(float(np.mean(found[:, 0] != found[:, 1])))
    assert abs(rates[0] - rates[1]) < 5 * (2 * 0.03 * 0.97 / shots) ** 0.5


def test_a_wide_circuit_loses_what_its_gates_lose(state: State) -> None:
    source = "OPENQASM 3.0;\nqubit[13] q;\nh q[0];\n" + "".join(
        f"cnot q[{i}], q[{i + 1}];\n" for i in range(12)
    )
    task = run(state, CEPHEUS, action=program(source), shots=500)
    found = np.array(object_of(state, task)["measurements"]).sum(axis=1)
    whole = int(np.sum((found == 0) | (found == 13)))
    assert 100 < whole < 450


def test_gates_without_qubits_and_with_modifiers_run(state: State) -> None:
    source = (
        "OPENQASM 3.0;\nbit[3] b;\nqubit[3] q;\ngphase(0.5);\nx q[0];\nctrl @ x q[0], q[1];\n"
        "ccnot q[0], q[1], q[2];\nb = measure q;"
    )
    found = object_of(state, run(state, GARNET, action=program(source)))
    assert np.mean(found["measurements"]) > 0.8


def test_noise_in_a_program_runs_on_dm1(state: State) -> None:
    source = "OPENQASM 3.0;\nqubit[1] q;\nh q[0];\nh q[0];\n#pragma braket noise bit_flip(1.0) q[0]"
    found = object_of(state, run(state, DM1, action=program(source)))
    assert np.mean(found["measurements"]) == 1.0


def test_exact_results_of_a_simulator_have_complex_numbers_as_pairs(state: State) -> None:
    source = "OPENQASM 3.0;\nqubit[1] q;\nh q[0];\n#pragma braket result state_vector"
    found = object_of(state, run(state, SV1, action=program(source), shots=0))
    assert found["measurements"] is None
    assert found["resultTypes"][0]["type"] == {"type": "statevector"}
    assert found["resultTypes"][0]["value"][1] == [pytest.approx(0.5**0.5), 0.0]


def test_sampled_results_of_a_machine_come_with_their_values(state: State) -> None:
    pragma = "#pragma braket result expectation z(q[0]) @ z(q[1])"
    source = f"OPENQASM 3.0;\nqubit[2] q;\nh q[0];\ncnot q[0], q[1];\n{pragma}"
    found = object_of(state, run(state, GARNET, action=program(source), shots=1000))
    assert found["resultTypes"][0]["type"]["targets"] == [0, 1]
    assert 0.8 < found["resultTypes"][0]["value"] < 1.0


def test_a_program_set_leaves_the_tree_of_a_real_one(state: State, shared_data: Path) -> None:
    real = shared_data / "task_results" / "braket-examples_Garnet_programset_20250815"
    task = run(state, GARNET, action=sweep(0.0), shots=100)
    for path in sorted(real.rglob("*.json")):
        name = path.relative_to(real).as_posix()
        found, stated = object_of(state, task, name), json.loads(path.read_text())
        assert set(found) == set(stated), name
        assert found["braketSchemaHeader"] == stated["braketSchemaHeader"], name


def test_executables_come_in_the_order_of_their_inputs(state: State) -> None:
    task = run(state, GARNET, action=sweep(0.0, PI, 0.0), shots=600)
    assert task["actionMetadata"]["executableCount"] == 3
    ones = [
        float(np.mean(object_of(state, task, f"programs/0/executables/{i}.json")["measurements"]))
        for i in range(3)
    ]
    assert [round(rate) for rate in ones] == [0, 1, 0]


def test_the_same_executable_twice_is_measured_twice(state: State) -> None:
    task = run(state, GARNET, action=sweep(PI / 2, PI / 2), shots=400)
    first, second = (
        object_of(state, task, f"programs/0/executables/{i}.json")["measurements"] for i in range(2)
    )
    assert first != second


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (VERBATIM_BELL.replace("cz $1, $2", "cnot $1, $2"), "cnot is not a native gate"),
        (VERBATIM_BELL.replace("$2", "$20"), "no cz on qubits 1, 20"),
        (VERBATIM_BELL.replace("$2", "$77"), "Qubit 77 is not among the usable qubits"),
        (BELL.replace("cnot", "frobnicate"), "frobnicate"),
        ("OPENQASM 3.0;\ninput float a;\nqubit[1] q;\nrx(a) q[0];", "parameters without a value"),
        (CONFLICT, "Conflicting result types"),
        ("OPENQASM 3.0;\nqubit[21] q;\nh q;", "Garnet has 20 qubits"),
        ("OPENQASM 3.0;\nqubit[1] q;\n#pragma braket noise bit_flip(0.1) q[0]", "DM1 only"),
    ],
)
def test_what_the_device_cannot_run_fails_with_a_reason_and_free_of_charge(
    state: State, source: str, words: str
) -> None:
    task = run(state, GARNET, action=program(source))
    assert task["status"] == "FAILED"
    assert words in task["failureReason"]
    assert the_bill(state)["tasks"] == 0


def test_one_bad_executable_leaves_the_others(state: State) -> None:
    bad = {**program(VERBATIM_BELL.replace("cz", "cnot")), "inputs": {}}
    good = {**program(VERBATIM_BELL), "inputs": {}}
    task = run(state, GARNET, action=program_set(good, bad), shots=200)
    assert (task["status"], task["numSuccessfulShots"]) == ("COMPLETED", 100)
    failure = object_of(state, task, "programs/1/executables/0.json")["failureMetadata"]
    assert (failure["retryable"], failure["category"]) == (False, "COMPILATION")
    assert the_bill(state)["usd"] == pytest.approx(0.30 + 100 * 0.00145)


def test_the_bill_is_the_fee_and_the_shots_that_came_back(state: State) -> None:
    run(state, FORTE)
    assert the_bill(state)["devices"][FORTE] == {"tasks": 1, "shots": 100, "usd": 8.3}
    run(state, SV1)
    assert the_bill(state)["usd"] == pytest.approx(8.30375)
