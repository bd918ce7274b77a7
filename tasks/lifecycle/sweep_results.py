"""What a sweep found, read from the lake; plain JSON types."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from datasets.journal.rows import Entry
from datasets.records.executions import Purpose
from datasets.records.runs import Run
from datasets.views import query
from tasks.core.quotes import Quote
from tasks.lifecycle.choices import story
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
    FROM (SELECT estimates.*, {told} AS calibration FROM estimates
        LEFT JOIN ({per_execution}) AS measured USING (execution_id))
    WHERE experiment_id = '{experiment_id}' AND target = '{target}'
    GROUP BY observable, parameters, calibration {one}"""
_PLAIN = """
    SELECT observable, parameters, point, value, stderr
    FROM estimates WHERE experiment_id = '{experiment_id}' AND target = '{target}'"""
_CALIBRATIONS = """
    SELECT DISTINCT calibration FROM ({per_execution}) WHERE execution_id IN (
        SELECT execution_id FROM estimates
        WHERE experiment_id = '{experiment_id}' AND target = '{target}')"""


def sweep_result(
    sweep: Sweep, *, run: Run, name: str, quoted: Quote, runtime: Runtime
) -> dict[str, Any]:
    """Return a sweep's answer: each observable's range, and where in the lake the rest is."""
    journal, experiment = runtime.journal, sweep.experiment
    entries = journal.executions(run.run_id)
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
        "cost_usd": float(sum((entry.usd for entry in entries), Decimal(0))),
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
        "selection": story(run.run_id, home=runtime.home),
        "lake": str(runtime.home.lake),
        "report": str(runtime.home.reports / f"{run.run_id}.html"),
    }


def plotted(
    result: Mapping[str, Any], observable: str, *, runtime: Runtime, most: int = MAX_PLOTTED
) -> list[tuple[Any, ...]]:
    """Return (parameters, value, stderr) of one observable at up to about `most` points."""
    step = -(-result["points"] // most)
    source = _pooled(result, mixed=result.get("mixed", True))
    sql = (
        f"SELECT parameters, value, stderr FROM ({source}) "  # noqa: S608 - our own digits
        f"WHERE observable = '{observable.replace(chr(39), chr(39) * 2)}' AND point % {step} = 0 "
        "ORDER BY parameters"
    )
    return list(query(runtime.home.lake, sql).rows)


def _pooled(named: Mapping[str, Any], *, mixed: bool) -> str:
    """Return SQL for one value a point; results from before calibrations were told apart mix."""
    one = "" if mixed else _ONE.format(**named)
    told = "NULL" if mixed else "measured.calibration"
    return _POOLED.format(**named, one=one, told=told, per_execution=_MEASURED)


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
        landed = query(
            runtime.home.lake, _CALIBRATIONS.format(**named, per_execution=_MEASURED)
        ).rows
        several = len(landed) > 1
    source = _pooled(named, mixed=sweep.history.mixed) if several else _PLAIN.format(**named)
    sql = f"""SELECT observable, count(*) AS points, min(value) AS least,
        arg_min(parameters, {{'v': value, 'p': point}}) AS least_at, max(value) AS most,
        arg_max(parameters, {{'v': value, 'p': -point}}) AS most_at, median(stderr) AS stderr
        FROM ({source}) GROUP BY observable"""  # noqa: S608 - our own digits
    found = {row["observable"]: row for row in query(runtime.home.lake, sql).records()}
    return [found[each.name] for each in sweep.spec.observables]
