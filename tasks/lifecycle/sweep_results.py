"""What a sweep found on each of its targets; plain JSON types."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from datasets.journal.rows import Entry
from datasets.records.executions import Purpose, RunId
from datasets.records.runs import Run
from tasks.core.quotes import Quote
from tasks.errors import ExecutionFailed
from tasks.lifecycle.choices import story
from tasks.lifecycle.elapsed import elapsed_s
from tasks.lifecycle.quote_rows import told_bill, told_costs
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.sweep_gaps import gaps_of
from tasks.lifecycle.sweep_history import measured_on
from tasks.lifecycle.sweep_values import SweepValues
from tasks.lifecycle.sweeps import Sweep

# Of a sweep on one target these stand beside its answer too; on several they differ.
_OF_ONE = (
    "calibration_id",
    "qubits",
    "compiled_id",
    "two_qubit_gates",
    "depth",
    "estimated_success",
    "reason",
    "engines",
)


def sweep_result(
    sweeps: Sequence[Sweep], *, run: Run, name: str, quoted: Quote, runtime: Runtime
) -> dict[str, Any]:
    """Return a sweep's answer: each observable's range, and where in the lake the rest is.

    Raises:
        ExecutionFailed: a target gave nothing at all.
    """
    journal, spec = runtime.journal, sweeps[0].spec
    entries = journal.executions(run.run_id)
    targets = [_on_target(sweep, entries, runtime=runtime) for sweep in sweeps]
    missing = list(_missing(run.run_id, runtime=runtime))
    return {
        "run_id": run.run_id,
        "state": "completed",
        "circuit": name,
        "experiment_id": spec.experiment_id,
        "target": run.target,
        "targets": targets,
        "parameters": list(spec.points.parameters),
        "points": len(spec.points),
        "repetitions": spec.repetitions,
        "measured": sum(on["measured"] for on in targets),
        "missing_points": sum(gap["points"] for gap in missing),
        "missing": missing,
        "observables": _ranges(sweeps, missing, run=run, runtime=runtime),
        "method": sweeps[0].mitigation.name,
        "executions": len(entries),
        "shots": sum(entry.execution.shots for entry in entries),
        **told_costs(entries),
        "quote_usd": float(journal.run(run.run_id).quote_usd or 0),
        "plan": quoted.plain(),
        "bill": _bill(sweeps, entries),
        "wall_s": elapsed_s(run),
        **_calibrated(sweeps, targets, entries),
        **{word: targets[0][word] if len(targets) == 1 else None for word in _OF_ONE},
        "selection": story(runtime.pins(run.run_id)),
        "lake": str(runtime.home.lake),
        "report": str(runtime.home.report_of(run.run_id)),
    }


def _bill(sweeps: Sequence[Sweep], entries: Sequence[Entry]) -> list[dict[str, Any]]:
    prices = {sweep.target: sweep.experiment.snapshot.prices for sweep in sweeps}
    return told_bill(entries, prices=prices)


def _on_target(sweep: Sweep, entries: Sequence[Entry], *, runtime: Runtime) -> dict[str, Any]:
    """Return what was done on one target; `engines` are what simulated it, and why those."""
    ours = [entry for entry in entries if entry.execution.target == sweep.target]
    compiled = sweep.experiment.compiled
    return {
        "target": sweep.target,
        "measured": sum(piece.n_points for piece in sweep.pieces()),
        "executions": len(ours),
        "shots": sum(entry.execution.shots for entry in ours),
        **told_costs(ours),
        "calibration_id": sweep.experiment.snapshot.calibration_id,
        "calibrations": _calibrations(sweep, ours, runtime=runtime),
        "qubits": list(compiled.measured_qubits),
        "compiled_id": compiled.compiled_id,
        "two_qubit_gates": compiled.metrics.two_qubit_gates,
        "depth": compiled.metrics.depth,
        "estimated_success": compiled.metrics.estimated_success,
        "reason": compiled.reason,
        "engines": sorted({entry.engine for entry in ours if entry.engine}),
    }


def _calibrated(
    sweeps: Sequence[Sweep], targets: Sequence[Mapping[str, Any]], entries: Sequence[Entry]
) -> dict[str, Any]:
    """Return what has to be known of the calibrations behind the values."""
    return {
        "calibrations": sorted({one for on in targets for one in on["calibrations"]}),
        "set_aside": len({run for sweep in sweeps for run in sweep.history.set_aside}),
        "mixed": any(sweep.history.mixed for sweep in sweeps),
        "straddling": sum(entry.straddles for entry in entries),
    }


def _calibrations(sweep: Sweep, entries: Sequence[Entry], *, runtime: Runtime) -> list[str]:
    """Return the calibrations behind the values, those of earlier sweeps included."""
    found = {entry.measured_on for entry in entries if entry.execution.purpose is Purpose.ESTIMATE}
    for run_id in sweep.history.runs:
        found |= measured_on(runtime.journal.run(run_id), sweep.target)
    return sorted(found)


def _missing(run_id: RunId, *, runtime: Runtime) -> Iterator[dict[str, Any]]:
    """Yield the points that could not be measured, a row for each reason.

    `rows` are runs of their numbers, from the first to before the last.
    """
    found: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for gap in gaps_of(runtime.pins(run_id)).values():
        for number, reason in gap.missing.items():
            found[gap.target, gap.repetition, reason].append(number)
    for (target, repetition, reason), numbers in sorted(found.items()):
        yield {
            "target": target,
            "repetition": repetition,
            "reason": reason,
            "points": len(numbers),
            "rows": _runs(sorted(numbers)),
        }


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    runs = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    return [[(run := [n for _, n in each])[0], run[-1] + 1] for _, each in runs]


def _ranges(
    sweeps: Sequence[Sweep], missing: Sequence[Mapping[str, Any]], *, run: Run, runtime: Runtime
) -> list[dict[str, Any]]:
    """Return each observable on each target, side by side."""
    spec, mixed = sweeps[0].spec, any(sweep.history.mixed for sweep in sweeps)
    own = () if mixed else [sweep.experiment.snapshot.calibration_id for sweep in sweeps]
    found = SweepValues(spec, run.run_id, runtime.home.lake, tuple(own)).ranges()
    for target in spec.targets:
        if not any((each.name, target) in found for each in spec.observables):
            reasons = [gap["reason"] for gap in missing if gap["target"] == target]
            message = f"{target} returned nothing: {'; '.join(reasons)}. Start a new run."
            raise ExecutionFailed(message)
    return [found[each.name, target] for each in spec.observables for target in spec.targets]
