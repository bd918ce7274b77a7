"""Compiled programs as text: a digest, then JSON, so that a damaged file is seen to be one."""

import hashlib
import json
from typing import Any, Final

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.compiled import CompiledId, CompiledProgram, MeasuredCircuit, Metrics
from datasets.records.devices import CalibrationId
from datasets.records.problems import ProgramId

FORM: Final = 1
_TABLES: Final = ("toolchain", "options")
_LABELS: Final = ("layout", "measured_qubits")


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
    if found.pop("form") != FORM:
        return None
    tables = {name: tuple((key, value) for key, value in found.pop(name)) for name in _TABLES}
    labels = {name: tuple(found.pop(name)) for name in _LABELS}
    circuit, measured = _read(found.pop("circuit")), found.pop("measured")
    return CompiledProgram(
        compiled_id=CompiledId(found.pop("compiled_id")),
        program_id=ProgramId(found.pop("program_id")),
        calibration_id=CalibrationId(found.pop("calibration_id")),
        circuit=circuit,
        measured=tuple(MeasuredCircuit(basis, _read(item)) for basis, item in measured),
        metrics=Metrics(**found.pop("metrics")),
        **tables,
        **labels,
        **found,
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
