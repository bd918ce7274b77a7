"""The report of a run, from what the journal holds of it; made again whenever it is asked for."""

import json
import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from datasets.layout import Home
from datasets.records.devices import DeviceKind
from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.core.reports.device_map import device_map
from tasks.core.reports.figures import heat_map, line
from tasks.core.reports.page import sweep_page, vqe_page
from tasks.errors import BadInput, StorageFault
from tasks.lifecycle.inputs import is_pinned
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.sweep_results import plotted

Plots: TypeAlias = Sequence[tuple[str, str]]  # names with SVG texts
MAX_PLOTS = 12  # observables that are drawn
MAX_ROWS = 200  # points in the table of the Prefect UI


def write_report(run_id: RunId, *, runtime: Runtime, plots: Plots | None = None) -> Path:
    """Write the run's HTML file, whole or not at all, and return its path.

    `plots` are the run's, where they are drawn already.

    Raises:
        BadInput: the run has no result to report yet.
        StorageFault: the file cannot be written.
    """
    run = runtime.journal.run(run_id)
    result = result_of(run)
    keep_fonts(runtime.home)
    if run.flow == "sweep":
        drawn = sweep_plots(run_id, runtime=runtime) if plots is None else plots
        page = _sweep(run, result, plots=drawn, runtime=runtime)
    else:
        page = _vqe(run, result, runtime=runtime)
    path = runtime.home.reports / f"{run.run_id}.html"
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(page, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        message = f"The report cannot be written to {path}: {error.strerror}. Free space there."
        raise StorageFault(message) from error
    return path


def keep_fonts(home: Home) -> None:
    """Have matplotlib keep its font list here, and not in the user's own folders."""
    os.environ.setdefault("MPLCONFIGDIR", str(home.cache / "matplotlib"))


def _vqe(run: Run, result: Mapping[str, Any], *, runtime: Runtime) -> str:
    stood = [iteration.energies[0] for iteration in runtime.journal.iterations(run.run_id)]
    return vqe_page(
        result,
        parameters=run.asked,
        energies=[value for value, _ in stood],
        stderrs=[stderr for _, stderr in stood],
        started=f"{run.started_at:%Y-%m-%d %H:%M} UTC",
        device=_device(run, result, runtime=runtime),
    )


def _sweep(run: Run, result: Mapping[str, Any], *, plots: Plots, runtime: Runtime) -> str:
    return sweep_page(
        result,
        parameters=run.asked,
        plots=plots,
        started=f"{run.started_at:%Y-%m-%d %H:%M} UTC",
        device=_device(run, result, runtime=runtime),
    )


def _device(run: Run, result: Mapping[str, Any], *, runtime: Runtime) -> str:
    """Return the map of a run's device with its qubits ringed; a simulator has none."""
    if not is_pinned(run.run_id, home=runtime.home):
        return ""  # its inputs were removed: the report needs no device, and no provider
    snapshot = runtime.published(run)
    if snapshot.kind is DeviceKind.SIMULATOR:
        return ""
    return device_map(snapshot, outlined=result.get("qubits", ()))


def sweep_plots(run_id: RunId, *, runtime: Runtime) -> Plots:
    """Return each observable of a sweep with its plot: a line over one parameter, a map over two.

    Nothing for other flows, and over more parameters.
    """
    run = runtime.journal.run(run_id)
    result = result_of(run)
    names = result["parameters"]
    if run.flow != "sweep" or len(names) not in {1, 2}:
        return []
    keep_fonts(runtime.home)
    plots = []
    for name in [found["observable"] for found in result["observables"][:MAX_PLOTS]]:
        rows = plotted(result, name, runtime=runtime)
        x = [parameters[0] for parameters, _, _ in rows]
        values = [value for _, value, _ in rows]
        if len(names) == 1:
            drawn = line(x, values, [stderr for *_, stderr in rows], names=(names[0], name))
        else:
            y = [parameters[1] for parameters, _, _ in rows]
            drawn = heat_map(x, y, values, names=(names[0], names[1], name))
        plots.append((name, drawn))
    return plots


def markdown(run_id: RunId, *, runtime: Runtime, plots: Plots) -> str:
    """Return what the run found as a short table for the Prefect UI, with its plots."""
    run = runtime.journal.run(run_id)
    result = result_of(run)
    if run.flow == "sweep":
        return _sweep_markdown(result, plots=plots)
    exact = result["exact_energy"]
    rows = [
        ("mitigated", f"{result['energy']:.5f} ± {result['stderr']:.5f}"),
        ("raw", f"{result['raw_energy']:.5f} ± {result['raw_stderr']:.5f}"),
        ("exact", "not known" if exact is None else f"{exact:.5f}"),
        ("cost", f"{result['cost_usd']:.2f} USD at published prices"),
        ("qubits", result["reason"]),
        ("report", f"`{result['report']}`"),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"# {result['problem']} on {result['target']}\n\n| | |\n|---|---|\n{table}\n"


def table(run_id: RunId, *, runtime: Runtime) -> list[dict[str, Any]]:
    """Return rows for the Prefect UI: a sweep's values at up to `MAX_ROWS` of its points."""
    run = runtime.journal.run(run_id)
    if run.flow != "sweep":
        return []
    result = result_of(run)
    columns = {
        found["observable"]: plotted(result, found["observable"], runtime=runtime, most=MAX_ROWS)
        for found in result["observables"][:MAX_PLOTS]
    }
    return [
        dict(zip(result["parameters"], rows[0][0], strict=True))
        | {name: f"{row[1]:+.4f} ± {row[2]:.4f}" for name, row in zip(columns, rows, strict=True)}
        for rows in zip(*columns.values(), strict=True)
    ]


def _sweep_markdown(result: Mapping[str, Any], *, plots: Plots) -> str:
    pictures = "\n\n".join(
        f"![{name}](data:image/svg+xml;base64,{b64encode(plot.encode()).decode()})"
        for name, plot in plots
    )
    rows = [
        f"| {o['observable']} | {o['least']:+.4f} | {o['most']:+.4f} | {o['stderr']:.4f} |"
        for o in result["observables"]
    ]
    table = "\n".join(["| observable | least | most | stderr |", "|---|---|---|---|", *rows])
    return (
        f"# {result['circuit']} on {result['target']}\n\n{table}\n\n"
        f"{result['points']:,} points, {result['cost_usd']:.2f} USD at published prices. "
        f"Report: `{result['report']}`\n\n{pictures}\n"
    )


def result_of(run: Run) -> Mapping[str, Any]:
    """Return a run's answer.

    Raises:
        BadInput: it has none.
    """
    if run.result is None:
        message = (
            f"Run {run.run_id} is {run.state} and has no result. "
            f"`qrt resume {run.run_id}` goes on with it."
        )
        raise BadInput(message)
    answer: Mapping[str, Any] = json.loads(run.result)
    return answer
