"""What a sweep found, read from the lake; plain JSON types."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from datasets.records.runs import Run
from datasets.views import query
from tasks.core.quotes import Quote
from tasks.lifecycle.choices import story
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.sweeps import Sweep

MAX_PLOTTED = 4000  # points of a plot; more do not fit on a page

# A point that was measured several times has one value: the mean, each shot counting the same.
_POOLED = """
    SELECT observable, parameters, min(point) AS point,
        sum(value * shots) / sum(shots) AS value,
        sqrt(sum((stderr * shots) ** 2)) / sum(shots) AS stderr
    FROM estimates WHERE experiment_id = '{experiment_id}' AND target = '{target}'
    GROUP BY observable, parameters"""
_PLAIN = """
    SELECT observable, parameters, point, value, stderr
    FROM estimates WHERE experiment_id = '{experiment_id}' AND target = '{target}'"""


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
        "compiled_id": experiment.compiled.compiled_id,
        "two_qubit_gates": metrics.two_qubit_gates,
        "depth": metrics.depth,
        "estimated_success": metrics.estimated_success,
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
    source = _POOLED.format(**result)
    sql = (
        f"SELECT parameters, value, stderr FROM ({source}) "  # noqa: S608 - our own digits
        f"WHERE observable = '{observable.replace(chr(39), chr(39) * 2)}' AND point % {step} = 0 "
        "ORDER BY parameters"
    )
    return list(query(runtime.home.lake, sql).rows)


def _ranges(sweep: Sweep, *, runtime: Runtime) -> list[dict[str, Any]]:
    several = bool(sweep.earlier) or sweep.spec.repetitions > 1
    named = {"experiment_id": sweep.spec.experiment_id, "target": sweep.experiment.target}
    source = (_POOLED if several else _PLAIN).format(**named)
    sql = f"""SELECT observable, count(*) AS points, min(value) AS least,
        arg_min(parameters, {{'v': value, 'p': point}}) AS least_at, max(value) AS most,
        arg_max(parameters, {{'v': value, 'p': -point}}) AS most_at, median(stderr) AS stderr
        FROM ({source}) GROUP BY observable"""  # noqa: S608 - our own digits
    found = {row["observable"]: row for row in query(runtime.home.lake, sql).records()}
    return [found[each.name] for each in sweep.spec.observables]
