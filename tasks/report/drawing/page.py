"""The report of a run as one HTML file with everything inside."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tasks.core.money.charges import money_of
from tasks.core.text.amounts import counted
from tasks.report.drawing.figures import convergence, extrapolation

_DATA: Final = re.compile(r"<desc>(.*?)</desc>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class About:
    """What a page says of its run, whatever the flow: when it ran, with what, and how to repeat it.

    `command` is None where a form alone can ask for it.
    """

    started: str
    ended: str
    versions: str
    command: str | None


def vqe_page(
    result: Mapping[str, Any],
    *,
    parameters: Mapping[str, Any],
    energies: Sequence[float],
    stderrs: Sequence[float],
    about: About,
    device: str = "",
) -> str:
    """Render the page from a run's result, its parameters, each iteration's energy, its device."""
    final = (result["energy"], result["stderr"])
    exact = result["exact_energy"]
    plots = {"convergence": convergence(energies, stderrs, exact=exact, final=final)}
    plots["device"] = device
    several = len(result["scales"]) > 1
    plots["extrapolation"] = (
        extrapolation(result["scales"], mitigated=final, exact=exact) if several else ""
    )
    return _rendered("vqe.html.j2", plots, r=result, p=parameters, about=about)


def qaoa_page(
    result: Mapping[str, Any],
    *,
    parameters: Mapping[str, Any],
    expected_cuts: Sequence[float],
    stderrs: Sequence[float],
    plots: Sequence[tuple[str, str]],
    about: About,
    device: str = "",
) -> str:
    """Render the page of a search for a maximum cut; `plots` are of the final outcomes."""
    drawn = {f"plot{number}": plot for number, (_, plot) in enumerate(plots)}
    final = (result["expected_cut"], result["stderr"])
    drawn["convergence"] = cut_convergence(result, expected_cuts, stderrs)
    drawn["device"] = device
    scales = [(scale, -energy, stderr) for scale, energy, stderr in result["scales"]]
    drawn["extrapolation"] = (
        extrapolation(
            scales, mitigated=final, exact=result["max_cut"], names=("expected cut", "maximum")
        )
        if len(scales) > 1
        else ""
    )
    names = [name for name, _ in plots]
    return _rendered("qaoa.html.j2", drawn, r=result, p=parameters, about=about, names=names)


def cut_convergence(
    result: Mapping[str, Any], expected_cuts: Sequence[float], stderrs: Sequence[float]
) -> str:
    """Plot the expected cut of each iteration, the final one, and the largest there is."""
    return convergence(
        expected_cuts,
        stderrs,
        exact=result["max_cut"],
        final=(result["expected_cut"], result["stderr"]),
        names=("expected cut", "maximum"),
    )


def plots_page(
    flow: str,
    result: Mapping[str, Any],
    *,
    parameters: Mapping[str, Any],
    plots: Sequence[tuple[str, str]],
    about: About,
    device: str = "",
) -> str:
    """Render the page of a sweep or a batch; `plots` are names with plots, any number of them."""
    template = f"{flow}.html.j2"
    return _drawn(template, plots, device, r=result, p=parameters, about=about)


def _drawn(template: str, plots: Sequence[tuple[str, str]], device: str, **values: Any) -> str:
    """Render a page of any number of plots."""
    drawn = {f"plot{number}": plot for number, (_, plot) in enumerate(plots)}
    drawn["device"] = device
    names = [name for name, _ in plots]
    return _rendered(template, drawn, names=names, **values)


def _rendered(template: str, plots: Mapping[str, str], **values: Any) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["counted"] = counted
    # Our own pictures, whose texts are escaped.
    drawn = {name: Markup(_with_data(plot)) for name, plot in plots.items()}  # noqa: S704
    money = money_of(values["r"])
    return environment.get_template(template).render(drawn=drawn, money=money, **drawn, **values)


def _with_data(plot: str) -> str:
    """Return a plot with the data behind it below, folded."""
    found = _DATA.search(plot)
    if found is None:
        return plot
    return f"<figure>{plot}<details><summary>data</summary><pre>{found[1]}</pre></details></figure>"
