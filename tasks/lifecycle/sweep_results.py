"""What a sweep found, read from the lake; plain JSON types."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from datasets.journal.rows import Entry
from datasets.records.executions import Purpose
from datasets.records.runs import Run
from datasets.views import query
from tasks.core.quotes import Quote
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.sweep_history import measured_on
from tasks.lifecycle.sweeps import Sweep

MAX_PLOTTED = 4000  # points of a plot; more do not fit on a page

# What each execution was measured on; the same one may have landed twice, alone and in its chunk.
_MEASURED = """
    SELECT execution_id, any_value(coalesce(calibration_id_end, calibration_id)) AS calibration
    FROM executions GROUP BY execution_id"""
# A point that was measured several times has one value: the mean, each shot counting the same. Of
# several calibrations one stands for the point, unless they are mixed: that of the run where it can
# be, else the one with the most shots.
_ONE = """
    QUALIFY row_number() OVER (PARTITION BY observable, parameters
        ORDER BY calibration IS NOT DISTINCT FROM '{calibration_id}' DESC, sum(shots) DESC,
        calibration) = 1"""
_POOLED = """
    SELECT observable, parameters, min(point) AS point,
        sum(value * shots) / sum(shots) AS value,
        sqrt(sum((stderr * shots) ** 2)) / sum(shots) AS stderr
    FROM {estimates} WHERE experiment_id = '{experiment_id}' AND target = '{target}' AND {chosen}
    GROUP BY observable, parameters, calibration {one}"""
_MIXED = "(SELECT *, NULL AS calibration FROM estimates)"
_APART = f"""(SELECT estimates.*, measured.calibration FROM estimates
        LEFT JOIN ({_MEASURED}) AS measured USING (execution_id))"""  # noqa: S608 - our own text
_CALIBRATIONS = f"""
    SELECT DISTINCT calibration FROM ({_MEASURED}) WHERE execution_id IN (
        SELECT execution_id FROM estimates
        WHERE experiment_id = '{{experiment_id}}' AND target = '{{target}}')"""  # noqa: S608
_PLAIN = """
    SELECT observable, parameters, point, value, stderr
    FROM estimates WHERE experiment_id = '{experiment_id}' AND target = '{target}' AND {chosen}"""
# Grouping keeps every point in memory: those of a plot are chosen before, all others in parts.
_SOME = """observable = '{observable}' AND parameters IN (SELECT parameters FROM estimates
    WHERE experiment_id = '{experiment_id}' AND target = '{target}' AND point % {step} = 0)"""
_PART = "hash(parameters) % {parts} = {part}"
PART_POINTS = 2**16
_RANGES = """SELECT observable, count(*) AS points,
    min(value) AS least, arg_min(point, {{'v': value, 'p': point}}) AS least_point,
    arg_min(parameters, {{'v': value, 'p': point}}) AS least_at,
    max(value) AS most, arg_max(point, {{'v': value, 'p': -point}}) AS most_point,
    arg_max(parameters, {{'v': value, 'p': -point}}) AS most_at, {stderrs} AS stderrs
    FROM ({source}) GROUP BY observable"""


def sweep_result(
    sweep: Sweep, *, run: Run, name: str, quoted: Quote, runtime: Runtime
) -> dict[str, Any]:
    """Return a sweep's answer: each observable's range, and where in the lake the rest is."""
    journal, experiment = runtime.journal, sweep.experiment
    entries = journal.executions(run.run_id)
    cost_usd = float(sum((entry.usd for entry in entries), Decimal(0)))
    metrics = experiment.compiled.metrics
    return {
        "run_id": run.run_id,
        "state": "completed",
        "circuit": name,
        "experiment_id": sweep.spec.experiment_id,
        "target": run.target,
        "parameters": list(sweep.spec.points.parameters),
        "points": len(sweep.spec.points),
        "repetitions": sweep.spec.repetitions,
        "measured": sum(piece.n_points for piece in sweep.pieces()),
        "observables": _ranges(sweep, runtime=runtime),
        "method": sweep.mitigation.name,
        "executions": len(entries),
        "shots": sum(entry.execution.shots for entry in entries),
        "cost_usd": cost_usd,
        "quote_usd": float(journal.run(run.run_id).quote_usd or 0),
        "plan": quoted.plain(),
        "wall_s": (datetime.now(UTC) - run.started_at).total_seconds(),
        "calibration_id": experiment.snapshot.calibration_id,
        "calibrations": _calibrations(sweep, entries, runtime=runtime),
        "set_aside": len(sweep.history.set_aside),
        "mixed": sweep.history.mixed,
        "straddling": sum(entry.straddles for entry in entries),
        "compiled_id": experiment.compiled.compiled_id,
        "two_qubit_gates": metrics.two_qubit_gates,
        "depth": metrics.depth,
        "estimated_success": metrics.estimated_success,
        "qubits": list(experiment.compiled.measured_qubits),
        "reason": experiment.compiled.reason,
        "lake": str(runtime.home.lake),
        "report": str(runtime.home.reports / f"{run.run_id}.html"),
    }


def plotted(
    result: Mapping[str, Any], observable: str, *, runtime: Runtime, most: int = MAX_PLOTTED
) -> list[tuple[Any, ...]]:
    """Return (parameters, value, stderr) of one observable at up to about `most` points."""
    told = dict(result) | {
        "observable": observable.replace("'", "''"),
        "step": -(-result["points"] // most),
    }
    source = _pooled(told, mixed=result.get("mixed", True), chosen=_SOME.format(**told))
    sql = f"SELECT parameters, value, stderr FROM ({source}) ORDER BY ALL"  # noqa: S608 - our own digits
    return list(query(runtime.home.lake, sql).rows)


def _pooled(named: Mapping[str, Any], *, mixed: bool, chosen: str) -> str:
    """Return SQL for one value a point; results from before calibrations were told apart mix."""
    one = "" if mixed else _ONE.format(**named)
    told = {"one": one, "estimates": _MIXED if mixed else _APART, "chosen": chosen}
    return _POOLED.format(**dict(named) | told)


def _calibrations(sweep: Sweep, entries: Sequence[Entry], *, runtime: Runtime) -> list[str]:
    """Return the calibrations behind the sweep's values, those of earlier sweeps included."""
    found = {entry.measured_on for entry in entries if entry.execution.purpose is Purpose.ESTIMATE}
    for run_id in sweep.history.runs:
        found |= measured_on(runtime.journal.run(run_id))
    return sorted(found)


def _ranges(sweep: Sweep, *, runtime: Runtime) -> list[dict[str, Any]]:
    named = {
        "experiment_id": sweep.spec.experiment_id,
        "target": sweep.experiment.target,
        "calibration_id": sweep.experiment.snapshot.calibration_id,
    }
    several = bool(sweep.history.earlier) or sweep.spec.repetitions > 1
    if not several:
        several = len(query(runtime.home.lake, _CALIBRATIONS.format(**named)).rows) > 1
    parts = -(-len(sweep.spec.points) // PART_POINTS) if several else 1
    found: dict[str, list[dict[str, Any]]] = {}
    for part in range(parts):
        chosen = _PART.format(parts=parts, part=part) if parts > 1 else "true"
        source = (
            _pooled(named, mixed=sweep.history.mixed, chosen=chosen)
            if several
            else _PLAIN.format(**named, chosen=chosen)
        )
        stderrs = "list(stderr)" if parts > 1 else "[median(stderr)]"
        sql = _RANGES.format(source=source, stderrs=stderrs)
        for row in query(runtime.home.lake, sql).records():
            each = row | {"stderrs": np.array(row["stderrs"])}
            found.setdefault(row["observable"], []).append(each)
    return [_whole(found[each.name]) for each in sweep.spec.observables]


def _whole(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put the ranges of an observable's parts together."""
    least = min(parts, key=lambda part: (part["least"], part["least_point"]))
    most = max(parts, key=lambda part: (part["most"], -part["most_point"]))
    return {
        "observable": least["observable"],
        "points": sum(part["points"] for part in parts),
        "least": least["least"],
        "least_at": least["least_at"],
        "most": most["most"],
        "most_at": most["most_at"],
        "stderr": float(np.median(np.concatenate([part["stderrs"] for part in parts]))),
    }
