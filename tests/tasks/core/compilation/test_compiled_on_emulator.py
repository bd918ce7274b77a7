"""Braket's own emulator takes what the compiler and the OpenQASM writer make."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from ansatz_circuits import hardware_efficient, pauli_exponentials, program
from reference import basis_probabilities

from datasets.devices.catalogue import resolve
from datasets.records.compiled import CompiledProgram
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.compilation.compiler import compile_program

pytestmark = pytest.mark.slow

DOCUMENTS = {
    "garnet": "iqm_garnet_device_capabilities.json",
    "cepheus": "rigetti_device_capabilities.json",
    "forte-enterprise": "ionq_forte_enterprise_device_capabilities.json",
}
SHOTS = 1000
NOISE = 0.5 * math.sqrt(8 / SHOTS) + math.sqrt(9 / (2 * SHOTS))
"""Distance from the true distribution that sampling 8 outcomes exceeds once in 8,000 tries."""


def capabilities_text(path: Path) -> str:
    document = json.loads(path.read_text(encoding="utf-8"))
    return document if isinstance(document, str) else json.dumps(document)


def emulated(text: str, *, document: str, inputs: dict[str, float]) -> dict[str, int]:
    from braket.circuits import Circuit
    from braket.emulation.local_emulator import LocalEmulator
    from braket.schema_common import BraketSchemaBase

    properties = BraketSchemaBase.parse_raw_schema(document)
    emulator = LocalEmulator.from_device_properties(properties)
    result = emulator.run(Circuit.from_ir(text, inputs), shots=SHOTS).result()
    return dict(result.measurement_counts)


def distribution(counts: dict[str, int], *, n_qubits: int) -> np.ndarray:
    found = np.zeros(2**n_qubits)
    for outcome, count in counts.items():
        found[int(outcome, 2)] = count / SHOTS
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_emulator_runs_every_measured_circuit_and_finds_about_what_is_meant(
    name: str, shared_data: Path
) -> None:
    document = capabilities_text(shared_data / "devices" / DOCUMENTS[name])
    for source in (hardware_efficient(3, layers=1), pauli_exponentials(3, terms=1)):
        values = {parameter: 0.4 + 0.3 * i for i, parameter in enumerate(source.parameters)}
        compiled: CompiledProgram = compile_program(
            program(source), snapshot=resolve(f"emulator:{name}"), bases=["ZZZ", "XYX"]
        )
        for form in compiled.measured:
            text = to_openqasm(
                form.circuit, measured_qubits=compiled.measured_qubits, verbatim=True
            )
            inputs = {parameter: values[parameter] for parameter in form.circuit.parameters}
            found = distribution(
                emulated(text, document=document, inputs=inputs), n_qubits=source.n_qubits
            )
            meant = basis_probabilities(source, basis=form.basis, values=values)
            assert np.abs(found - meant).sum() / 2 <= 1 - compiled.metrics.estimated_success + NOISE
