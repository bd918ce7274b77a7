"""The compiler's choices, limits and records."""

import dataclasses
import math
import subprocess
import sys
from pathlib import Path

import pytest
from ansatz_circuits import ghz, hardware_efficient, pauli_exponentials, program, qaoa, qft
from device_forms import FORMS, IONQ, IQM, RIGETTI

from datasets.devices.catalogue import resolve
from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.devices import DeviceSnapshot, Figure
from tasks.core.compilation.checks import check_native
from tasks.core.compilation.compiler import CompileOptions, compile_program
from tasks.core.compilation.success import estimated_success, metrics
from tasks.errors import BadInput, TooLarge, UnknownName

HERE = Path(__file__).parent


def test_a_program_larger_than_the_device_is_refused_with_both_sizes() -> None:
    with pytest.raises(TooLarge, match=r"Grid has 9 usable qubits; the circuit needs 10\."):
        compile_program(program(ghz(10)), snapshot=IQM, bases=())


def test_a_device_in_pieces_is_refused_when_no_piece_is_large_enough() -> None:
    split = dataclasses.replace(RIGETTI, pairs=RIGETTI.pairs[:2] + RIGETTI.pairs[3:])
    with pytest.raises(BadInput, match="largest connected part of Line has 3 of its 6"):
        compile_program(program(ghz(4)), snapshot=split, bases=())


@pytest.mark.parametrize("basis", ["ZZ", "ZZZZ", "ZQZ", "zzz"])
def test_a_basis_that_does_not_fit_the_program_is_refused(basis: str) -> None:
    with pytest.raises(BadInput, match="one letter out of I, X, Y, Z for each of the 3 qubits"):
        compile_program(program(ghz(3)), snapshot=IQM, bases=[basis])


@pytest.mark.parametrize(
    "gate",
    [
        Gate("rx", (0,)),
        Gate("cnot", (1, 1)),
        Gate("h", (3,)),
        Gate("h", (-1,)),
        Gate("rx", (0,), (Angle(math.inf),)),
    ],
)
def test_a_malformed_gate_is_refused(gate: Gate) -> None:
    with pytest.raises(BadInput, match=f"Gate {gate.name}"):
        compile_program(program(Circuit(3, (gate,))), snapshot=IQM, bases=())


def test_a_circuit_without_qubits_is_refused() -> None:
    with pytest.raises(BadInput, match="needs at least 1"):
        compile_program(program(Circuit(0, ())), snapshot=IQM, bases=())


def test_importing_the_compiler_does_not_import_qiskit() -> None:
    code = "import sys, tasks.core.compilation.compiler; print('qiskit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_unknown_gate_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"gate 'toffoli'.*ccnot"):
        compile_program(program(Circuit(3, (Gate("toffoli", (0, 1, 2)),))), snapshot=IQM, bases=())


@pytest.mark.parametrize(
    "options",
    [
        CompileOptions(seeds=0),
        CompileOptions(seeds=10**6),
        CompileOptions(optimisation_level=4),
        CompileOptions(first_seed=-1),
    ],
)
def test_options_outside_their_limits_are_refused(options: CompileOptions) -> None:
    with pytest.raises(BadInput, match=r"Choose (one|others)\."):
        compile_program(program(ghz(3)), snapshot=IQM, bases=(), options=options)


def test_a_device_whose_gates_are_not_known_is_refused() -> None:
    odd = dataclasses.replace(IQM, native_gates=("fusion",))
    with pytest.raises(BadInput, match="Grid offers the gates fusion"):
        compile_program(program(ghz(3)), snapshot=odd, bases=())


@pytest.mark.slow
def test_one_placement_serves_every_basis() -> None:
    compiled = compile_program(program(qft(4)), snapshot=IQM, bases=["ZZZZ", "XYXY"])
    assert len(set(compiled.layout)) == len(set(compiled.measured_qubits)) == 4
    assert compiled.circuit.n_qubits == 4


@pytest.mark.slow
def test_metrics_are_those_of_the_measured_circuit_least_likely_to_succeed() -> None:
    compiled = compile_program(program(qft(4)), snapshot=IQM, bases=["ZZZZ", "XXYX"])
    found = [
        metrics(form.circuit, measured_qubits=compiled.measured_qubits, snapshot=IQM)
        for form in compiled.measured
    ]
    assert compiled.metrics == min(found, key=lambda each: each.estimated_success)
    assert len(set(found)) == 2


@pytest.mark.slow
def test_more_seeds_never_give_a_worse_placement() -> None:
    source = program(qaoa(5, edges=tuple((i, j) for j in range(5) for i in range(j)), layers=1))
    few, many = (
        compile_program(source, snapshot=IQM, bases=["Z" * 5], options=CompileOptions(seeds=seeds))
        for seeds in (2, 12)
    )
    assert many.metrics.estimated_success >= few.metrics.estimated_success
    assert "layouts found" in many.reason


@pytest.mark.slow
def test_a_bad_coupler_and_a_bad_readout_are_avoided() -> None:
    awful = {(1, 2), (4, 5)}
    pairs = tuple(
        dataclasses.replace(pair, fidelity=Figure(0.6 if pair.labels in awful else 0.99))
        for pair in IQM.pairs
    )
    compiled = compile_program(
        program(ghz(3)), snapshot=dataclasses.replace(IQM, pairs=pairs), bases=["ZZZ"]
    )
    used = {tuple(sorted(g.qubits)) for g in compiled.circuit.gates if len(g.qubits) == 2}
    assert used.isdisjoint(awful)


@pytest.mark.slow
def test_where_all_qubits_are_coupled_the_best_ones_are_used_by_their_labels() -> None:
    poor = {1, 4}
    qubits = tuple(
        dataclasses.replace(q, readout_fidelity=Figure(0.5 if q.label in poor else 0.99))
        for q in IONQ.qubits
    )
    compiled = compile_program(
        program(ghz(5)), snapshot=dataclasses.replace(IONQ, qubits=qubits), bases=["Z" * 5]
    )
    assert set(compiled.measured_qubits) == {0, 2, 3, 5, 6}
    assert "all coupled" in compiled.reason


@pytest.mark.slow
def test_parameters_that_matter_survive_and_angles_stay_affine() -> None:
    source = program(hardware_efficient(3, layers=2))
    compiled = compile_program(source, snapshot=IQM, bases=["XXX"])
    assert set(compiled.measured[0].circuit.parameters) == set(source.parameters)


@pytest.mark.slow
def test_the_reason_names_the_qubits_and_the_worst_coupler_on_the_way() -> None:
    compiled = compile_program(program(ghz(3)), snapshot=IQM, bases=["ZZZ"])
    listed = ", ".join(map(str, sorted(compiled.measured_qubits)))
    assert compiled.reason.startswith(f"Qubits {listed}: predicted success 0.")
    assert "the chip's worst coupler on the way is" in compiled.reason


@pytest.mark.slow
def test_the_id_depends_on_the_bases_the_options_and_the_calibration_but_not_on_time() -> None:
    def compiled_id(snapshot: DeviceSnapshot, basis: str, seeds: int) -> str:
        options = CompileOptions(seeds=seeds)
        found = compile_program(program(ghz(3)), snapshot=snapshot, bases=[basis], options=options)
        return found.compiled_id

    ids = [
        compiled_id(IQM, "ZZZ", 1),
        compiled_id(IQM, "XXX", 1),
        compiled_id(IQM, "ZZZ", 2),
        compiled_id(dataclasses.replace(IQM, calibration_id="other"), "ZZZ", 1),
    ]
    assert len(set(ids)) == len(ids)
    assert compiled_id(IQM, "ZZZ", 1) == ids[0]


SCRIPT = """
from ansatz_circuits import pauli_exponentials, program, qft
from device_forms import FORMS
from tasks.core.compilation.compiler import CompileOptions, compile_program
for source in (qft(4), pauli_exponentials(4, terms=4)):
    for snapshot in FORMS:
        print(compile_program(program(source), snapshot=snapshot, bases=["XYZI"],
              options=CompileOptions(seeds=3)).compiled_id)
"""


@pytest.mark.slow
def test_another_interpreter_with_another_hash_seed_compiles_to_the_same_ids() -> None:
    here = [
        compile_program(
            program(source), snapshot=snapshot, bases=["XYZI"], options=CompileOptions(seeds=3)
        ).compiled_id
        for source in (qft(4), pauli_exponentials(4, terms=4))
        for snapshot in FORMS
    ]
    paths = (str(HERE), str(Path.cwd()))
    # The provider adds translation rules to qiskit's session when it is imported.
    for hash_seed, before in (("1", ""), ("4242", "import qiskit_braket_provider")):
        start = f"import sys; sys.path[:0] = {paths!r}\n{before}\n{SCRIPT}"
        done = subprocess.run(
            [sys.executable, "-c", start],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == here


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "two", "one"),
    [(ghz(8), 7, 15), (qft(6), 43, 66), (hardware_efficient(8, layers=4), 21, 32)],
    ids=["ghz-8", "qft-6", "hardware-efficient-8x4"],
)
def test_gate_counts_on_garnet_are_no_worse_than_they_were(
    source: Circuit, two: int, one: int
) -> None:
    compiled = compile_program(
        program(source), snapshot=resolve("emulator:garnet"), bases=["Z" * source.n_qubits]
    )
    assert compiled.metrics.two_qubit_gates <= two
    assert compiled.metrics.one_qubit_gates <= one


@pytest.mark.slow
@pytest.mark.parametrize("name", ["garnet", "emerald", "cepheus", "forte-enterprise"])
def test_every_bundled_device_gets_circuits_that_it_runs_as_they_stand(name: str) -> None:
    snapshot = resolve(f"emulator:{name}")
    source = pauli_exponentials(5, terms=3)
    compiled = compile_program(program(source), snapshot=snapshot, bases=["ZZZZZ", "XYXYX"])
    for circuit in (compiled.circuit, *(form.circuit for form in compiled.measured)):
        check_native(circuit, snapshot=snapshot)
        success = estimated_success(
            circuit, measured_qubits=compiled.measured_qubits, snapshot=snapshot
        )
        assert 0.3 < success < 1


@pytest.mark.slow
def test_a_chemistry_ansatz_compiles_for_all_its_bases_at_once() -> None:
    source = pauli_exponentials(6, terms=64)
    bases = [f"{a}{b}{c}{d}XY" for a in "XYZ" for b in "XYZ" for c in "XY" for d in "XZ"] + [
        "Z" * 6
    ]
    compiled = compile_program(program(source), snapshot=resolve("emulator:garnet"), bases=bases)
    assert [form.basis for form in compiled.measured] == bases


@pytest.mark.slow
def test_a_single_qubit_takes_the_best_qubit_and_needs_no_coupler() -> None:
    alone = Circuit(1, (Gate("ry", (0,), (Angle(0.3),)),))
    compiled = compile_program(program(alone), snapshot=IQM, bases=["X", "Y"])
    best = max(IQM.qubits, key=lambda q: q.one_qubit_fidelity.value * q.readout_fidelity.value)
    assert compiled.measured_qubits == (best.label,)
    assert compiled.reason.startswith("Qubit ")
