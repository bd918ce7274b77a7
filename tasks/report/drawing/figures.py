"""Plots as SVG text, the same text for the same numbers.

Each says in its `title` what it shows, for who cannot see it, and has its data as CSV in `desc`.
"""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, BLUE, RED, GREEN, GRID = "#1c2430", "#2563a8", "#b5432a", "#2c7a4b", "#e3e7ec"
COLOURS = (BLUE, RED, GREEN, "#7a4ba8", "#b58a1c", "#1c8a8a", "#8a1c5c", "#5c6470")
_WIDEST = 100  # characters of a name
_FEW = 60  # points that are marked one by one
_LEVELS = 60  # bars, as wide as values are apart
_PALE = 0.45  # of bars that lines are drawn over
_BAR = 0.7  # of the distance of two bars
_FLAT = 8  # outcomes whose names have room side by side; of fewer the bars are no wider
FORMAT: dict[Any, Any] = {
    "svg.hashsalt": "quantum-runtime",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "text.parse_math": False,  # what users name is text: `$x$` stays as it is
}


def convergence(
    energies: Sequence[float],
    stderrs: Sequence[float],
    *,
    exact: float | None,
    final: tuple[float, float] | None = None,
    names: tuple[str, str] = ("energy / hartree", "exact"),
) -> str:
    """Plot the energy of each iteration with its standard error, the final estimate last.

    `names` are those of the value and of the line at `exact`.
    """
    figure, axes = _axes(width=7.6)
    steps = np.arange(1, len(energies) + 1)
    axes.errorbar(
        steps, energies, yerr=stderrs, fmt="o-", ms=3.5, lw=1.1, elinewidth=0.8, color=BLUE,
        label="iterations",
    )  # fmt: skip
    if final:
        axes.errorbar(
            [len(energies) + 1], [final[0]], yerr=[final[1]], fmt="D", ms=6, capsize=3, color=GREEN,
            label="final, mitigated",
        )  # fmt: skip
    _exact_line(axes, exact, label=names[1])
    axes.set_xlabel("iteration")
    axes.set_ylabel(names[0])
    _legend(figure)
    rows = [*zip(steps.tolist(), energies, stderrs, strict=True)]
    rows += [(len(energies) + 1, *final)] if final else []
    about = f"{names[0]} over {len(energies)} iterations, with the standard error of each"
    return _svg(figure, about, ("iteration", "value", "stderr"), rows)


def extrapolation(
    scales: Sequence[tuple[int, float, float]],
    *,
    mitigated: tuple[float, float],
    exact: float | None,
    names: tuple[str, str] = ("energy / hartree", "exact"),
) -> str:
    """Plot the energy at each noise scale, and where it extrapolates to; `names` as above."""
    figure, axes = _axes(width=4.2)
    x, y, stderr = (np.array(column, dtype=float) for column in zip(*scales, strict=True))
    axes.errorbar(x, y, yerr=stderr, fmt="o", ms=4, color=BLUE, label="measured")
    axes.errorbar(
        [0], [mitigated[0]], yerr=[mitigated[1]], fmt="D", ms=6, capsize=3, color=GREEN,
        label="extrapolated",
    )  # fmt: skip
    axes.plot([0, *x], [mitigated[0], *y], ls=":", lw=1, color=BLUE)
    _exact_line(axes, exact, label=names[1])
    axes.set_xlabel("noise scale")
    axes.set_ylabel(names[0])
    axes.set_xticks([0, *x])
    _legend(figure, columns=2)
    about = f"{names[0]} at each noise scale, and extrapolated to scale 0"
    return _svg(figure, about, ("noise scale", "value", "stderr"), [(0, *mitigated), *scales])


def lines(
    series: Mapping[str, Sequence[tuple[float, float, float]]], *, names: tuple[str, str]
) -> str:
    """Plot an observable over one parameter, each target's line with its standard error as a band.

    `series` has (parameter, value, stderr) in ascending order, by target.
    """
    figure, axes = _axes(width=7.6)
    for (target, rows), colour in zip(series.items(), cycle(COLOURS), strict=False):
        x, found, spread = np.array(rows, dtype=float).reshape(-1, 3).T
        axes.fill_between(x, found - spread, found + spread, color=colour, alpha=0.25, lw=0)
        marker = "o" if len(found) < _FEW else ""
        axes.plot(x, found, color=colour, lw=1.1, marker=marker, ms=3, label=_in_legend(target))
    if len(series) > 1:
        _legend(figure)
    axes.set_xlabel(f"{_shown(names[0])} / rad")
    axes.set_ylabel(_shown(names[1]))
    data = [(target, *row) for target, rows in series.items() for row in rows]
    about = f"{names[1]} over {names[0]}, with its standard error as a band"
    return _svg(figure, about, ("target", f"{names[0]} / rad", names[1], "stderr"), data)


def histogram(shots: Mapping[str, int], *, title: str, marked: Collection[str] = ()) -> str:
    """Plot how often outcomes were seen, in the order in which they are given."""
    figure, axes = _axes(width=7.6)
    colours = [GREEN if name in marked else BLUE for name in shots]
    axes.bar(list(shots), list(shots.values()), color=colours, width=_BAR)
    if len(shots) < _FLAT:
        middle, half = (len(shots) - 1) / 2, (_FLAT - 1 + _BAR) * (0.5 + axes.get_xmargin())
        axes.set_xlim(middle - half, middle + half)
    axes.set_title(_shown(title), fontsize=9, color=INK)
    axes.set_ylabel("shots")
    axes.set_xlabel("outcome")
    axes.tick_params(axis="x", rotation=0 if len(shots) <= _FLAT else 60)
    return _svg(figure, f"{title}: shots of each outcome", ("outcome", "shots"), [*shots.items()])


def distribution(
    values: Sequence[float], shots: Sequence[int], *, name: str, marks: Mapping[str, float]
) -> str:
    """Plot how often each value was seen, close ones together where they are many, and marks."""
    figure, axes = _axes(width=7.6)
    levels, places = np.unique(np.round(values, 9), return_inverse=True)
    seen = np.bincount(places, weights=shots)
    gap = float(np.diff(levels).min()) if len(levels) > 1 else 1.0
    if np.ptp(levels) <= _LEVELS * gap:
        axes.bar(levels, seen, color=BLUE, alpha=_PALE, width=0.8 * gap)
    else:
        axes.hist(levels, bins=_LEVELS, weights=seen, color=BLUE, alpha=_PALE, rwidth=0.9)
    for (label, value), colour in zip(marks.items(), cycle((INK, GREEN, RED)), strict=False):
        axes.axvline(value, color=colour, lw=1.6, ls="--", label=label)
    _legend(figure)
    axes.set_xlabel(name)
    axes.set_ylabel("shots")
    rows = zip(levels.tolist(), seen.astype(int).tolist(), strict=True)
    return _svg(figure, f"shots by {name}", (name, "shots"), [*rows])


def heat_map(
    x: Sequence[float],
    y: Sequence[float],
    value: Sequence[float],
    *,
    names: tuple[str, str, str],
    beside: Sequence[float] = (),
) -> str:
    """Plot an observable over two parameters: a map where they form a grid, else dots.

    With the values of maps `beside` it, which it is compared with, they have one scale of colours.
    """
    from matplotlib import rc_context

    figure, axes = _axes(width=6.0)
    colours = colours_of([*value, *beside])
    across, up = np.unique(x), np.unique(y)
    with rc_context(FORMAT):
        if len(across) * len(up) == len(value):
            order = np.lexsort((x, y))
            grid = np.array(value)[order].reshape(len(up), len(across))
            drawn: Any = axes.pcolormesh(across, up, grid, rasterized=True, **colours)
        else:
            size = 24 if len(value) < _FEW else 6
            drawn = axes.scatter(x, y, c=value, s=size, lw=0, rasterized=True, **colours)
        figure.colorbar(drawn, ax=axes, label=_shown(names[2]))
    axes.set_xlabel(f"{_shown(names[0])} / rad")
    axes.set_ylabel(f"{_shown(names[1])} / rad")
    columns = (f"{names[0]} / rad", f"{names[1]} / rad", names[2])
    about = f"{names[2]} over {names[0]} and {names[1]}"
    return _svg(figure, about, columns, [*zip(x, y, value, strict=True)])


def colours_of(value: Sequence[float]) -> dict[str, Any]:
    """Return a scale of colours; of values of both signs one that is symmetric about 0."""
    least, most = min(value), max(value)
    if least < 0 < most:
        size = max(-least, most)
        return {"cmap": "RdBu_r", "vmin": -size, "vmax": size}
    return {"cmap": "viridis", "vmin": least, "vmax": most}


def _axes(*, width: float) -> "tuple[Figure, Axes]":
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(FORMAT):
        figure = Figure(figsize=(width, 3.2), layout="constrained")
        axes = figure.add_subplot()
    axes.grid(color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, labelsize=8)
    axes.ticklabel_format(useOffset=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _exact_line(axes: "Axes", exact: float | None, *, label: str) -> None:
    if exact is not None:
        axes.axhline(exact, color=RED, lw=1, ls="--", label=label)


def _legend(figure: "Figure", *, columns: int = 4) -> None:
    """Put the legend above the axes, where no data is."""
    from matplotlib import rc_context

    with rc_context(FORMAT):
        figure.legend(loc="outside upper left", ncols=columns, frameon=False, fontsize=8)


def _in_legend(name: str) -> str:
    """Return a name for a legend, which leaves out those that begin with an underscore."""
    shown = _shown(name)
    return f" {shown}" if shown.startswith("_") else shown


def _shown(text: str) -> str:
    """Return a name on one line without what cannot be shown, at most as long as a plot is wide."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 3]}..."


def _svg(
    figure: "Figure", about: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> str:
    from matplotlib import rc_context

    text, data = io.StringIO(), io.StringIO()
    with rc_context(FORMAT):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    lines = csv.writer(data, lineterminator="\n")
    lines.writerows([columns, *rows])
    head, _, rest = text.getvalue().partition("<svg")[2].partition(">")
    about = _shown(about)
    plain = "".join(c if c.isprintable() or c == "\n" else " " for c in data.getvalue())
    told = f"<title>{escape(about)}</title>\n<desc>{escape(plain)}</desc>"
    return f'<svg role="img" aria-label={quoteattr(about)}{head}>\n{told}{rest}'
