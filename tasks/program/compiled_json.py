"""Compiled programs as text: a digest, then JSON, so that a damaged file is seen to be one."""

import hashlib
import json
from typing import Any, Final

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.compiled import CompiledId, CompiledProgram, MeasuredCircuit, Metrics
from datasets.records.devices import CalibrationId
from datasets.records.problems import ProgramId

FORM: Final = 1


def write_compiled(compiled: CompiledProgram) -> str:
    """Return the text of a compiled program."""
    metrics = compiled.metrics
    body = json.dumps(
        {
            "form": FORM,
            "compiled_id": compiled.compiled_id,
            "program_id": compiled.program_id,
            "calibration_id": compiled.calibration_id,
            "circuit": _written(compiled.circuit),
            "measured": [[item.basis, _written(item.circuit)] for item in compiled.measured],
            "layout": compiled.layout,
            "measured_qubits": compiled.measured_qubits,
            "metrics": {name: getattr(metrics, name) for name in Metrics.__slots__},
            "toolchain": compiled.toolchain,
            "options": compiled.options,
            "reason": compiled.reason,
            "compile_s": compiled.compile_s,
        },
        separators=(",", ":"),
    )
    return f"{_digest(body)}\n{body}"


def read_compiled(text: str) -> CompiledProgram | None:
    """Return the compiled program in the text; None where it is damaged or of another form."""
    digest, _, body = text.partition("\n")
    if digest != _digest(body):
        return None
    found: dict[str, Any] = json.loads(body)
    if found["form"] != FORM:
        return None
    return CompiledProgram(
        compiled_id=CompiledId(found["compiled_id"]),
        program_id=ProgramId(found["program_id"]),
        calibration_id=CalibrationId(found["calibration_id"]),
        circuit=_read(found["circuit"]),
        measured=tuple(MeasuredCircuit(basis, _read(item)) for basis, item in found["measured"]),
        layout=tuple(found["layout"]),
        measured_qubits=tuple(found["measured_qubits"]),
        metrics=Metrics(**found["metrics"]),
        toolchain=tuple((name, version) for name, version in found["toolchain"]),
        options=tuple((name, value) for name, value in found["options"]),
        reason=found["reason"],
        compile_s=found["compile_s"],
    )


def _written(circuit: Circuit) -> list[Any]:
    gates = [
        [gate.name, gate.qubits, [[angle.constant, angle.terms] for angle in gate.angles]]
        for gate in circuit.gates
    ]
    return [circuit.n_qubits, gates]


def _read(written: list[Any]) -> Circuit:
    n_qubits, gates = written
    return Circuit(
        n_qubits,
        tuple(
            Gate(
                name,
                tuple(qubits),
                tuple(
                    Angle(constant, tuple((n, w) for n, w in terms)) for constant, terms in angles
                ),
            )
            for name, qubits, angles in gates
        ),
    )


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
