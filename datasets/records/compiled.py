"""Compiled programs: native circuits for one target and one calibration."""

from dataclasses import dataclass
from typing import NewType

from datasets.records.circuits import Circuit
from datasets.records.devices import CalibrationId
from datasets.records.problems import ProgramId

CompiledId = NewType("CompiledId", str)


@dataclass(frozen=True, slots=True)
class Metrics:
    """What the compiled circuit costs.

    `estimated_success` is the product of gate, readout and idle fidelities over the circuit, in
    [0, 1]; depth counts layers of physical gates (a virtual rz is none).
    """

    depth: int
    two_qubit_gates: int
    one_qubit_gates: int
    estimated_success: float


@dataclass(frozen=True, slots=True)
class MeasuredCircuit:
    """The compiled circuit followed by the rotation into one measurement basis.

    `basis` has one letter out of I, X, Y, Z for each measured qubit, bit 0 leftmost; I means that
    the qubit is measured as it stands and its outcome is not used.
    """

    basis: str
    circuit: Circuit


@dataclass(frozen=True, slots=True)
class CompiledProgram:
    """A program in a device's native gates, on its labels, with parameters still free.

    `layout[i]` is the device label where program qubit i starts, `measured_qubits[i]` the label
    that is measured into bit i of an outcome. `circuit` is the program alone, on |0...0>, up to a
    diagonal frame that no Z measurement sees and without what no outcome depends on; `measured`
    holds one executable form a basis. `reason` says in one sentence why these qubits.
    """

    compiled_id: CompiledId
    program_id: ProgramId
    calibration_id: CalibrationId
    circuit: Circuit
    measured: tuple[MeasuredCircuit, ...]
    layout: tuple[int, ...]
    measured_qubits: tuple[int, ...]
    metrics: Metrics
    toolchain: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    reason: str
    compile_s: float
