"""The report of a variational run as one HTML file with everything inside."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.core.reports.figures import convergence, extrapolation


def vqe_page(
    result: Mapping[str, Any],
    *,
    parameters: Mapping[str, Any],
    energies: Sequence[float],
    stderrs: Sequence[float],
    started: str,
) -> str:
    """Render the page from a run's result, its parameters, and each iteration's energy."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    final = (result["energy"], result["stderr"])
    exact = result["exact_energy"]
    plots = {"convergence": convergence(energies, stderrs, exact=exact, final=final)}
    several = len(result["scales"]) > 1
    plots["extrapolation"] = (
        extrapolation(result["scales"], mitigated=final, exact=exact) if several else ""
    )
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("vqe.html.j2").render(
        r=result,
        p=parameters,
        started=started,
        # Our own plots, whose text matplotlib has escaped.
        **{name: Markup(plot) for name, plot in plots.items()},  # noqa: S704
    )
