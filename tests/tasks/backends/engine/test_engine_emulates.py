"""A compiled program has the counts of Braket's own emulator of the device."""

from pathlib import Path

import numpy as np
import pytest

from datasets.devices.catalogue import resolve
from datasets.problems.catalogue import load
from tasks.backends import noise
from tasks.backends.engine import running
from tasks.backends.engine.compiled import from_circuits
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.compilation.compiler import compile_program
from tasks.core.physics.ansatz import build

pytestmark = pytest.mark.slow

RAW = {
    "emulator:garnet": "iqm_garnet_device_capabilities.json",
    "emulator:forte-enterprise": "ionq_forte_enterprise_device_capabilities.json",
}


@pytest.mark.parametrize("target", RAW)
def test_compiled_programs_are_emulated_as_braket_does(target: str, shared_data: Path) -> None:
    from braket.circuits import Circuit
    from braket.emulation.local_emulator import LocalEmulator
    from braket.schema_common import BraketSchemaBase

    document = (shared_data / "devices" / RAW[target]).read_text()
    emulator = LocalEmulator.from_device_properties(BraketSchemaBase.parse_raw_schema(document))
    program = build(load("h2"), kind="hea", layers=2)
    compiled = compile_program(program, snapshot=resolve(target), bases=["ZZZZ", "XXYY"])
    circuits = [each.circuit for each in compiled.measured]
    names = tuple(sorted({name for circuit in circuits for name in circuit.parameters}))
    point = np.linspace(-1, 1, len(names))
    ours = running.probabilities(
        from_circuits(
            circuits, measured_qubits=compiled.measured_qubits, noise=noise.of(resolve(target))
        ),
        point[None],
        names=names,
    )
    shots = 20_000
    for circuit, values in zip(circuits, ours.values, strict=True):
        text = to_openqasm(circuit, measured_qubits=compiled.measured_qubits, verbatim=True)
        bound = Circuit.from_ir(text, dict(zip(names, point, strict=True)))
        result = emulator.run(bound, shots=shots).result()
        order = [result.measured_qubits.index(q) for q in compiled.measured_qubits]
        outcomes = result.measurements[:, order] @ (1 << np.arange(len(order)))
        seen, expected = np.bincount(outcomes, minlength=16), values[0] * shots
        # Pearson's chi-squared over the outcomes expected at least 5 times, 6 sigma of its spread.
        kept = expected >= 5
        chi_squared = float(np.sum((seen - expected)[kept] ** 2 / expected[kept]))
        assert chi_squared < 16 + 6 * np.sqrt(2 * 16)
