"""What a sweep has measured, as plots, and the names that go with its values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from datasets.records.runs import Run
from tasks.context.runtime import Runtime
from tasks.core.text.amounts import counted
from tasks.report.drawing.figures import heat_map, lines
from tasks.report.presenter import Ended, Plots
from tasks.requests.of_run import request_as
from tasks.requests.sweep import SweepRequest
from tasks.run.answering import result_of
from tasks.workloads.sweep.history import unlike
from tasks.workloads.sweep.inputs import inputs_of
from tasks.workloads.sweep.values import Series, SweepValues

MAX_PLOTS = 12  # observables that are drawn
MAX_PLOTTED = 4000  # points of a plot; more do not fit on a page
MAP_AXES = 2  # parameters of a heat map


def sweep_plots(ended: Ended) -> Plots:
    """Return each observable with its plot: a line a target over one parameter, or maps over two.

    A map is of one target; where one of two parameters has a single value it is lines again.
    Nothing over more parameters.
    """
    result = ended.result
    names = result["parameters"]
    if len(names) not in {1, 2}:
        return []
    found = values_of(ended.run, runtime=ended.runtime).sample(most=MAX_PLOTTED)
    over = _varying(found)
    if len(over) < MAP_AXES:
        place = over[0] if over else 0
        return [
            (name, lines(_series(found, name, place=place), names=(names[place], name)))
            for name in _observables(result)[:MAX_PLOTS]
        ]
    return [
        (title(name, target, result), _map(found, name, target, names=names))
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


def _map(found: Series, observable: str, target: str, *, names: Sequence[str]) -> str:
    """Return the map of a target, in the colours of the observable's other maps."""
    rows = found[observable, target]
    x, y = zip(*(parameters for parameters, _, _ in rows), strict=True)
    every = [value for (name, _), at in found.items() if name == observable for _, value, _ in at]
    values = [value for _, value, _ in rows]
    return heat_map(x, y, values, names=(names[0], names[1], observable), beside=every)


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
    inputs = inputs_of(request_as(SweepRequest, run), keep=runtime.pins(run.run_id))
    result = result_of(run, home=runtime.home)
    own = [] if result.get("mixed", True) else [on["calibration_id"] for on in result["targets"]]
    spec = replace(inputs.spec, targets=run.targets)
    apart = unlike(spec, run=run, runtime=runtime)
    return SweepValues(spec, run.run_id, runtime.home.lake, tuple(own), apart)


def told_missing(result: Mapping[str, Any]) -> list[str]:
    """Say what could not be measured, and why; nothing where nothing is missing."""
    return [
        f"{counted(gap['points'], 'point')} missing on {gap['target']}: "
        f"{gap['reason'].rstrip('. ')}."
        for gap in result.get("missing", ())
    ]
