"""Rows for the lake, from the values that a run makes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from datasets.lake.schema.schemas import LAKE_VERSION
from datasets.records.compiled import CompiledProgram
from datasets.records.devices import DeviceKind, DeviceSnapshot
from datasets.records.executions import Collected, Estimate, RunId
from datasets.records.problems import Program
from datasets.records.runs import Iteration, Run
from datasets.records.spend import Spend
from tasks.core.circuits.openqasm import to_openqasm

if TYPE_CHECKING:
    from datasets.journal.rows import Entry

Row = Mapping[str, Any]


def run_row(run: Run) -> Row:
    """The run as it ended."""
    return {
        "run_id": run.run_id,
        "flow": run.flow,
        "tenant": run.tenant,
        "target": run.target,
        "state": run.state.value,
        "seed": run.seed,
        "problem": json.loads(run.parameters).get("problem"),
        "parameters": run.parameters,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "quote_usd": run.quote_usd,
        "cost_usd": run.cost_usd,
        "what_if_usd": run.what_if_usd,
        "result": run.result,
        "failure": run.failure,
        "lake_version": LAKE_VERSION,
        "recorded_at": run.ended_at,
        "streams": run.streams,
    }


def program_row(program: Program) -> Row:
    """The program before compilation."""
    terms = {term.pauli: term.coefficient for term in program.observable.terms}
    return {
        "program_id": program.program_id,
        "name": program.name,
        "source": to_openqasm(
            program.circuit, measured_qubits=program.measured_qubits, verbatim=False
        ),
        "n_qubits": program.circuit.n_qubits,
        "n_parameters": len(program.parameters),
        "observables": json.dumps(terms),
    }


def compiled_row(compiled: CompiledProgram, *, snapshot: DeviceSnapshot) -> Row:
    """The compiled program, with the text that runs for each basis."""
    verbatim = snapshot.kind is DeviceKind.QPU
    measured = {
        item.basis: to_openqasm(
            item.circuit, measured_qubits=compiled.measured_qubits, verbatim=verbatim
        )
        for item in compiled.measured
    }
    return {
        "compiled_id": compiled.compiled_id,
        "program_id": compiled.program_id,
        "calibration_id": compiled.calibration_id,
        "source": to_openqasm(compiled.circuit, measured_qubits=None, verbatim=verbatim),
        "measured": json.dumps(measured),
        "layout": json.dumps(compiled.layout),
        "measured_qubits": json.dumps(compiled.measured_qubits),
        "depth": compiled.metrics.depth,
        "two_qubit_gates": compiled.metrics.two_qubit_gates,
        "one_qubit_gates": compiled.metrics.one_qubit_gates,
        "estimated_success": compiled.metrics.estimated_success,
        "toolchain": json.dumps(dict(compiled.toolchain)),
        "options": json.dumps(dict(compiled.options)),
        "reason": compiled.reason,
        "compile_s": compiled.compile_s,
    }


def selection_row(run_id: RunId, *, target: str, score: Mapping[str, float], reason: str) -> Row:
    """The one candidate of a run whose target was named."""
    return {
        "selection_id": run_id,
        "run_id": run_id,
        "policy": "named",
        "target": target,
        "rank": 1,
        "score": json.dumps(score),
        "chosen": True,
        "reason": reason,
    }


def execution_row(entry: "Entry") -> Row:
    """The execution as the journal has it."""
    execution = entry.execution
    return {
        "execution_id": execution.execution_id,
        "run_id": execution.run_id,
        "parent_id": execution.parent_id,
        "target": execution.target,
        "compiled_id": execution.compiled_id,
        "calibration_id": execution.calibration_id,
        "calibration_id_submitted": entry.calibration_id_submitted,
        "calibration_id_end": entry.calibration_id_end,
        "handle": entry.handle,
        "state": "landed",
        "purpose": execution.purpose.value,
        "iteration": execution.iteration if execution.iteration >= 0 else None,
        "n_tasks": 1,
        "shots_requested": execution.shots,
        "shots_returned": entry.shots_returned,
        "n_executables": sum(executable.copies for executable in execution.executables),
        "cost_usd": entry.charged_usd or Decimal(0),
        "what_if_usd": entry.what_if_usd,
        "created_at": entry.created_at,
        "submitted_at": entry.submitted_at,
        "started_at": entry.started_at,
        "ended_at": entry.ended_at,
        "failure": entry.failure,
        "engine": entry.engine,
    }


def spend_row(entry: Spend) -> Row:
    """An entry of the ledger."""
    return asdict(entry) | {"kind": entry.kind.value}


def estimate_row(estimate: Estimate, *, collected: Sequence[Collected], point: int = 0) -> Row:
    """An estimate with the executions that it was made from."""
    first = collected[0].execution
    return {
        "run_id": first.run_id,
        "execution_id": first.execution_id,
        "execution_ids": [item.execution.execution_id for item in collected],
        "iteration": first.iteration if first.iteration >= 0 else None,
        "point": point,
        "observable": estimate.observable,
        "method": estimate.method,
        "value": estimate.value,
        "stderr": estimate.stderr,
        "raw_value": estimate.raw_value,
        "raw_stderr": estimate.raw_stderr,
        "shots": estimate.shots,
        "overhead": estimate.overhead,
        "bound": estimate.bound,
    }


def iteration_row(iteration: Iteration, *, charged: bool) -> Row:
    """A step of the loop: the point where the optimiser stood, which it asks for first."""
    value, stderr = iteration.energies[0]
    cost_usd = iteration.cost_usd if charged else Decimal(0)
    return {
        "run_id": iteration.run_id,
        "iteration": iteration.iteration,
        "parameters": list(iteration.points[0]),
        "value": value,
        "stderr": stderr,
        "shots": iteration.shots,
        "cost_usd": cost_usd,
        "what_if_usd": iteration.cost_usd - cost_usd,
        "elapsed_s": iteration.elapsed_s,
    }
