"""What a sweep found on each of its targets; plain JSON types."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from datasets.journal.rows import Entry
from datasets.records.executions import Purpose, RunId
from datasets.records.runs import Run
from tasks.backends.targets import is_bought
from tasks.context.elapsed import elapsed_s
from tasks.context.runtime import Runtime
from tasks.core.money.quotes import Quote
from tasks.errors import ExecutionFailed
from tasks.execution.norms import told_outside
from tasks.quotes.record import told_bill, told_costs
from tasks.selection.selection_log import story
from tasks.workloads.sweep.history import measured_on, unlike
from tasks.workloads.sweep.missing_points import gaps_of
from tasks.workloads.sweep.pending import landed_by
from tasks.workloads.sweep.sweep import Sweep
from tasks.workloads.sweep.values import SweepValues

Buyers = Mapping[str, frozenset[RunId]]  # by the key of a piece
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
    spec, entries = sweeps[0].spec, runtime.journal.executions(run.run_id)
    values = _values(sweeps, run=run, runtime=runtime)
    buyers = [_buyers(sweep, runtime=runtime) for sweep in sweeps]
    on_each = zip(sweeps, buyers, strict=True)
    targets = [_on_target(sweep, entries, by, runtime=runtime) for sweep, by in on_each]
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
        "reused": _reused(values, buyers, run.run_id),
        "missing_points": sum(gap["points"] for gap in missing),
        "missing": missing,
        "observables": _ranges(values, missing),
        "method": sweeps[0].mitigation.name,
        "executions": len(entries),
        "shots": sum(entry.execution.shots for entry in entries),
        **told_costs(entries),
        "quote_usd": float(runtime.journal.run(run.run_id).quote_usd or 0),
        "plan": quoted.plain(),
        "bill": _bill(sweeps, entries),
        **_calibrated(sweeps, targets, entries),
        **{word: targets[0][word] if len(targets) == 1 else None for word in _OF_ONE},
        **_traced(run, runtime=runtime),
    }


def _traced(run: Run, *, runtime: Runtime) -> dict[str, Any]:
    """Return how long a run took, why it ran where it did, and where the rest is."""
    return {
        "wall_s": elapsed_s(run),
        "selection": story(runtime.pins(run.run_id)),
        "outside": told_outside(run.run_id, runtime=runtime),
        "lake": str(runtime.home.lake),
        "report": str(runtime.home.report_of(run.run_id)),
    }


def _bill(sweeps: Sequence[Sweep], entries: Sequence[Entry]) -> list[dict[str, Any]]:
    prices = {sweep.target: sweep.experiment.snapshot.prices for sweep in sweeps}
    return told_bill(entries, prices=prices)


def _buyers(sweep: Sweep, *, runtime: Runtime) -> Buyers:
    """Return the runs that bought each piece; none for what was simulated."""
    if not is_bought(sweep.target):
        return {}
    return landed_by([piece.key for piece in sweep.pieces()], sweep, runtime=runtime)


def _reused(values: SweepValues, buyers: Sequence[Buyers], run_id: RunId) -> list[str]:
    """Return the other runs whose work is shown."""
    bought = {by for on in buyers for each in on.values() for by in each}
    return sorted(values.others() | (bought - {run_id}))


def _on_target(
    sweep: Sweep, entries: Sequence[Entry], buyers: Buyers, *, runtime: Runtime
) -> dict[str, Any]:
    """Return what was done on one target; `engines` are what simulated it, and why those."""
    ours = {sweep.experiment.run_id}
    pieces = [piece for piece in sweep.pieces() if ours & buyers.get(piece.key, ours)]
    entries = [entry for entry in entries if entry.execution.target == sweep.target]
    compiled = sweep.experiment.compiled
    return {
        "target": sweep.target,
        "measured": sum(piece.n_points for piece in pieces),
        "executions": len(entries),
        "shots": sum(entry.execution.shots for entry in entries),
        **told_costs(entries),
        "calibration_id": sweep.experiment.snapshot.calibration_id,
        "calibrations": _calibrations(sweep, entries, runtime=runtime),
        "qubits": list(compiled.measured_qubits),
        "compiled_id": compiled.compiled_id,
        "two_qubit_gates": compiled.metrics.two_qubit_gates,
        "depth": compiled.metrics.depth,
        "estimated_success": compiled.metrics.estimated_success,
        "reason": compiled.reason,
        "engines": sorted({entry.engine for entry in entries if entry.engine}),
    }


def _calibrated(
    sweeps: Sequence[Sweep], targets: Sequence[Mapping[str, Any]], entries: Sequence[Entry]
) -> dict[str, Any]:
    """Return the calibrations behind the values, and whether they were mixed or changed."""
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


def _values(sweeps: Sequence[Sweep], *, run: Run, runtime: Runtime) -> SweepValues:
    spec, mixed = sweeps[0].spec, any(sweep.history.mixed for sweep in sweeps)
    own = () if mixed else [sweep.experiment.snapshot.calibration_id for sweep in sweeps]
    apart = unlike(spec, run=run, runtime=runtime)
    return SweepValues(spec, run.run_id, runtime.home.lake, tuple(own), apart)


def _ranges(values: SweepValues, missing: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each observable on each target, side by side."""
    spec, found = values.spec, values.ranges()
    for target in spec.targets:
        if not any((each.name, target) in found for each in spec.observables):
            reasons = [gap["reason"] for gap in missing if gap["target"] == target]
            message = f"{target} returned nothing: {'; '.join(reasons)}. Start a new run."
            raise ExecutionFailed(message)
    return [found[each.name, target] for each in spec.observables for target in spec.targets]
