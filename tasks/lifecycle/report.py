"""The report of a run, from what the journal holds of it; made again whenever it is asked for."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from datasets.layout import Home
from datasets.records.devices import DeviceKind
from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.core.reports.device_map import device_map
from tasks.core.reports.figures import heat_map, lines
from tasks.core.reports.page import batch_page, qaoa_page, sweep_page, vqe_page
from tasks.errors import BadInput, StorageFault
from tasks.lifecycle.batch_shown import histograms
from tasks.lifecycle.cut_plots import cut_plots, expected_cuts
from tasks.lifecycle.inputs import is_pinned
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.sweep_inputs import folder_of, inputs_of
from tasks.lifecycle.sweep_values import Point, Series, SweepValues

Plots: TypeAlias = Sequence[tuple[str, str]]  # names with SVG texts
MAX_PLOTS = 12  # observables that are drawn
MAX_PLOTTED = 4000  # points of a plot; more do not fit on a page
MAP_AXES = 2  # parameters of a heat map


def write_report(run_id: RunId, *, runtime: Runtime, plots: Plots | None = None) -> Path:
    """Write the run's HTML file, whole or not at all, and return its path.

    `plots` are the run's, where they are drawn already.

    Raises:
        BadInput: the run has no result to report yet.
        StorageFault: the file cannot be written.
    """
    run = runtime.journal.run(run_id)
    result = result_of(run)
    if run.flow not in _PAGES:
        message = (
            f"Run {run_id} is of {run.flow}, which has no report. `qrt show {run_id}` has all."
        )
        raise BadInput(message)
    keep_fonts(runtime.home)
    drawn = plots_of(run_id, runtime=runtime) if plots is None else plots
    page = _PAGES[run.flow](run, result, drawn, runtime)
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


def plots_of(run_id: RunId, *, runtime: Runtime) -> Plots:
    """Return the plots of what a run measured: a sweep's values, a batch's counts, or cuts."""
    run = runtime.journal.run(run_id)
    if run.flow not in {"batch", "qaoa"}:
        return sweep_plots(run_id, runtime=runtime)
    keep_fonts(runtime.home)
    if run.flow == "batch":
        return histograms(run_id, result_of(run), home=runtime.home)
    return cut_plots(run, result_of(run), runtime=runtime)


def _vqe(run: Run, result: Mapping[str, Any], plots: Plots, runtime: Runtime) -> str:
    del plots  # it has none but those of its page
    stood = [iteration.energies[0] for iteration in runtime.journal.iterations(run.run_id)]
    return vqe_page(
        result,
        parameters=run.asked,
        energies=[value for value, _ in stood],
        stderrs=[stderr for _, stderr in stood],
        started=f"{run.started_at:%Y-%m-%d %H:%M} UTC",
        device=_device(run, result, runtime=runtime),
    )


def _qaoa(run: Run, result: Mapping[str, Any], plots: Plots, runtime: Runtime) -> str:
    expected, stderrs = expected_cuts(run, runtime=runtime)
    return qaoa_page(
        result,
        parameters=run.asked,
        expected_cuts=expected,
        stderrs=stderrs,
        plots=plots,
        started=f"{run.started_at:%Y-%m-%d %H:%M} UTC",
        device=_device(run, result, runtime=runtime),
    )


def _sweep(run: Run, result: Mapping[str, Any], plots: Plots, runtime: Runtime) -> str:
    return sweep_page(
        result,
        parameters=run.asked,
        plots=plots,
        started=f"{run.started_at:%Y-%m-%d %H:%M} UTC",
        device=_device(run, result, runtime=runtime),
    )


def _batch(run: Run, result: Mapping[str, Any], plots: Plots, runtime: Runtime) -> str:
    return batch_page(
        result,
        parameters=run.asked,
        plots=plots,
        started=f"{run.started_at:%Y-%m-%d %H:%M} UTC",
        device=_device(run, result, runtime=runtime),
    )


_PAGES: Final = {"vqe": _vqe, "sweep": _sweep, "batch": _batch, "qaoa": _qaoa}


def _device(run: Run, result: Mapping[str, Any], *, runtime: Runtime) -> str:
    """Return a map of each of a run's devices with its qubits ringed; a simulator has none."""
    used = {on["target"]: on.get("qubits", ()) for on in result.get("targets", [result])}
    return "".join(_map_of(here, used.get(here.target, ()), runtime=runtime) for here in run.apart)


def _map_of(run: Run, qubits: Sequence[int], *, runtime: Runtime) -> str:
    if not is_pinned(run, home=runtime.home):
        return ""  # its inputs were removed: the report needs no device, and no provider
    snapshot = runtime.published(run)
    return "" if snapshot.kind is DeviceKind.SIMULATOR else device_map(snapshot, outlined=qubits)


def sweep_plots(run_id: RunId, *, runtime: Runtime) -> Plots:
    """Return each observable with its plot: a line a target over one parameter, or maps over two.

    A map is of one target; where one of two parameters has a single value it is lines again.
    Nothing for other flows, and over more parameters.
    """
    run = runtime.journal.run(run_id)
    if run.flow != "sweep":
        return []
    result = result_of(run)
    names = result["parameters"]
    if len(names) not in {1, 2}:
        return []
    keep_fonts(runtime.home)
    found = values_of(run, runtime=runtime).sample(most=MAX_PLOTTED)
    over = _varying(found)
    if len(over) < MAP_AXES:
        place = over[0] if over else 0
        return [
            (name, lines(_series(found, name, place=place), names=(names[place], name)))
            for name in _observables(result)[:MAX_PLOTS]
        ]
    return [
        (title(name, target, result), _map(found[name, target], names=(*names, name)))
        for name, target in pairs(result)[:MAX_PLOTS]
    ]


def _varying(found: Series) -> list[int]:
    """Return the places of the parameters that have more than one value."""
    columns = zip(*(at for rows in found.values() for at, _, _ in rows), strict=True)
    return [place for place, column in enumerate(columns) if len(set(column)) > 1]


def _series(
    found: Series, observable: str, *, place: int
) -> dict[str, list[tuple[float, float, float]]]:
    """Return the values of one observable by target, over the parameter at `place`."""
    return {
        target: [(at[place], value, stderr) for at, value, stderr in rows]
        for (name, target), rows in found.items()
        if name == observable
    }


def _map(rows: Sequence[Point], *, names: tuple[str, str, str]) -> str:
    x, y = zip(*(parameters for parameters, _, _ in rows), strict=True)
    return heat_map(x, y, [value for _, value, _ in rows], names=names)


def pairs(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return every observable on every target, side by side."""
    return [(found["observable"], found["target"]) for found in result["observables"]]


def _observables(result: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(name for name, _ in pairs(result)))


def title(observable: str, target: str, result: Mapping[str, Any]) -> str:
    """Return what a value is called; where it was measured goes without saying if all was there."""
    return observable if len(result["targets"]) == 1 else f"{observable} on {target}"


def values_of(run: Run, *, runtime: Runtime) -> SweepValues:
    """Return what a sweep was asked for, with the way to its values."""
    inputs = inputs_of(run.asked, folder=folder_of(run, home=runtime.home))
    result = result_of(run)
    own = [] if result.get("mixed", True) else [on["calibration_id"] for on in result["targets"]]
    spec = replace(inputs.spec, targets=run.targets)
    return SweepValues(spec, run.run_id, runtime.home.lake, tuple(own))


def told_missing(result: Mapping[str, Any]) -> list[str]:
    """Say what could not be measured, and why; nothing where nothing is missing."""
    return [
        f"{gap['points']:,} point{'s' * (gap['points'] != 1)} missing on {gap['target']}: "
        f"{gap['reason'].rstrip('. ')}."
        for gap in result.get("missing", ())
    ]


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
