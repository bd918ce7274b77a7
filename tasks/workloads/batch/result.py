"""What a batch found, circuit by circuit; plain JSON types."""

from collections.abc import Mapping
from typing import Any, Final

from datasets.records.executions import Counts, Estimate
from datasets.records.runs import Run
from tasks.context.elapsed import elapsed_s
from tasks.context.runtime import Runtime
from tasks.core.money.quotes import Quote
from tasks.execution.norms import told_outside
from tasks.quotes.record import told_bill, told_costs
from tasks.selection.selection_log import story
from tasks.workloads.batch.batch import Batch, Returned
from tasks.workloads.batch.inputs import BatchCircuit
from tasks.workloads.batch.landing import Found

MOST_FREQUENT: Final = 4  # outcomes of a circuit; the lake has all


def batch_result(
    batch: Batch,
    *,
    found: Returned,
    estimates: Found,
    run: Run,
    quoted: Quote,
    runtime: Runtime,
) -> dict[str, Any]:
    """Return a batch's answer: every circuit with what was estimated, or why that could not be."""
    journal, home = runtime.journal, runtime.home
    entries = journal.executions(run.run_id)
    circuits = [
        _circuit(each, batch=batch, found=found, estimates=estimates.get(each.number, ()))
        for each in batch.inputs.circuits
    ]
    return {
        "run_id": run.run_id,
        "state": "completed",
        "target": run.target,
        "calibration_id": batch.snapshot.calibration_id,
        "set_id": batch.set_id,
        "circuits": circuits,
        "failed": sum(circuit["failure"] is not None for circuit in circuits),
        "method": batch.inputs.mitigation.name,
        "qubits": sorted({q for each in batch.compiled.values() for q in each.measured_qubits}),
        "tasks": sum(entry.handle is not None for entry in entries),
        "executions": len(entries),
        "shots": sum(entry.execution.shots for entry in entries),
        **told_costs(entries),
        "quote_usd": float(journal.run(run.run_id).quote_usd or 0),
        "plan": quoted.plain(),
        "bill": told_bill(entries, prices={run.target: batch.snapshot.prices}),
        "engines": sorted({e for entry in entries for e in (entry.engine or "").split("; ") if e}),
        "wall_s": elapsed_s(run),
        "selection": story(runtime.pins(run.run_id)),
        "outside": told_outside(run.run_id, runtime=runtime),
        "lake": str(home.lake),
        "report": str(home.report_of(run.run_id)),
    }


def told_failed(result: Mapping[str, Any]) -> list[str]:
    """Say which circuits of a batch failed, and why; nothing of other flows."""
    return [
        f"{circuit['name']} failed: {circuit['failure'].rstrip('. ')}."
        for circuit in result.get("circuits", ())
        if circuit["failure"] is not None
    ]


def _circuit(
    circuit: BatchCircuit, *, batch: Batch, found: Returned, estimates: tuple[Estimate, ...]
) -> dict[str, Any]:
    number = circuit.number
    compiled, bases = batch.compiled.get(number), found.counts.get(number, {})
    metrics = compiled and compiled.metrics
    return {
        "number": number,
        "name": circuit.name,
        "program_id": circuit.program.program_id,
        "compiled_id": compiled and compiled.compiled_id,
        "n_qubits": circuit.n_qubits,
        "two_qubit_gates": metrics and metrics.two_qubit_gates,
        "depth": metrics and metrics.depth,
        "estimated_success": metrics and metrics.estimated_success,
        "shots": sum(counts.shots for counts in bases.values()),
        "estimates": {one.observable: _estimate(one) for one in estimates},
        "most_frequent": _most_frequent(bases),
        "failure": found.failed.get(number),
    }


def _estimate(one: Estimate) -> dict[str, float]:
    return {name: getattr(one, name) for name in ("value", "stderr", "raw_value", "raw_stderr")}


def _most_frequent(bases: Mapping[str, Counts]) -> list[dict[str, Any]]:
    """Return the outcomes that were seen most, in the basis that is nearest to Z throughout."""
    if not bases:
        return []
    basis = max(bases)
    counts = bases[basis]
    seen = zip(counts.counts.tolist(), counts.outcomes.tolist(), strict=True)
    return [
        {"bitstring": f"{outcome:0{counts.n_qubits}b}"[::-1], "basis": basis, "count": count}
        for count, outcome in sorted(seen, key=lambda pair: (-pair[0], pair[1]))[:MOST_FREQUENT]
    ]
