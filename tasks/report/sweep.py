"""What is shown of a sweep: the range of each observable, and its value at each point."""

from collections.abc import Iterator
from typing import Any, Final

from tasks.core.answers import told_reused
from tasks.core.text.amounts import counted
from tasks.report.count_plots import counts_plot
from tasks.report.drawing.page import plots_page
from tasks.report.markdown import code, spoken, table
from tasks.report.presenter import MAX_ROWS, Ended, Plots, Shown, about_run, charged
from tasks.report.sweep_plots import (
    MAX_PLOTS,
    pairs,
    sweep_plots,
    title,
    told_missing,
    values_of,
)

# To be copied.
_VALUES: Final = (
    "SELECT parameters, observable, target, value, stderr FROM estimates\n"
    "  WHERE experiment_id = '{experiment_id}' ORDER BY ALL"
)


def head(ended: Ended) -> Iterator[str]:
    """Yield the beginning of the page in the Prefect UI, as Markdown."""
    result = ended.result
    yield f"# {code(result['circuit'])} on {code(result['target'])}"
    yield table(
        ("observable", "least", "most", "standard error"),
        [
            (
                code(title(each["observable"], each["target"], result)),
                f"{each['least']:+.4f}",
                f"{each['most']:+.4f}",
                f"{each['stderr']:.4f}",
            )
            for each in result["observables"]
        ],
    )
    yield from map(spoken, (*told_missing(result), *told_reused(result)))
    yield f"{counted(result['points'], 'point')}, {charged(result)}"


def rows(ended: Ended) -> list[dict[str, Any]]:
    """Return a row a point, with the value of each observable there."""
    result = ended.result
    found = values_of(ended.run, runtime=ended.runtime).sample(most=MAX_ROWS)
    every: dict[tuple[float, ...], dict[str, Any]] = {}
    for name, target in pairs(result)[:MAX_PLOTS]:
        for point, value, stderr in found[name, target]:
            at = [round(number, 6) for number in point]
            row = every.setdefault(tuple(point), dict(zip(result["parameters"], at, strict=True)))
            row[title(name, target, result)] = f"{value:+.4f} ± {stderr:.4f}"
    return list(every.values())


def html(ended: Ended, plots: Plots, device: str) -> str:
    """Return the report."""
    return plots_page(
        "sweep",
        ended.result,
        parameters=ended.run.asked,
        plots=plots,
        about=about_run(ended.run),
        device=device,
    )


SWEEP: Final = Shown(
    head=head,
    sql=lambda ended: _VALUES.format(experiment_id=ended.result["experiment_id"]),
    plots=sweep_plots,
    pictures=counts_plot,
    rows=rows,
    about="Values at {:,} of the points".format,
    html=html,
)
