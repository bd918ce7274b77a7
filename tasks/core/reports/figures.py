"""Plots as SVG text, the same text for the same numbers."""

import io
from collections.abc import Collection, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, BLUE, RED, GREEN, GRID = "#1c2430", "#2563a8", "#b5432a", "#2c7a4b", "#e3e7ec"
COLOURS = (BLUE, RED, GREEN, "#7a4ba8", "#b58a1c", "#1c8a8a", "#8a1c5c", "#5c6470")
_FEW = 60  # points that are marked one by one
_LEVELS = 60  # bars, as wide as values are apart
_PALE = 0.45  # of bars that lines are drawn over
_BAR = 0.7  # of the distance of two bars
_FLAT = 8  # outcomes whose names have room side by side; of fewer the bars are no wider
FORMAT: dict[Any, Any] = {
    "svg.hashsalt": "quantum-runtime",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
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
    axes.legend(frameon=False, fontsize=8)
    return _svg(figure)


def extrapolation(
    scales: Sequence[tuple[int, float, float]],
    *,
    mitigated: tuple[float, float],
    exact: float | None,
    known: str = "exact",
) -> str:
    """Plot the energy at each noise scale, and where it extrapolates to."""
    figure, axes = _axes(width=4.2)
    x, y, stderr = (np.array(column, dtype=float) for column in zip(*scales, strict=True))
    axes.errorbar(x, y, yerr=stderr, fmt="o", ms=4, color=BLUE, label="measured")
    axes.errorbar(
        [0], [mitigated[0]], yerr=[mitigated[1]], fmt="D", ms=6, capsize=3, color=GREEN,
        label="extrapolated",
    )  # fmt: skip
    axes.plot([0, *x], [mitigated[0], *y], ls=":", lw=1, color=BLUE)
    _exact_line(axes, exact, label=known)
    axes.set_xlabel("noise scale")
    axes.set_xticks([0, *x])
    axes.legend(frameon=False, fontsize=8)
    return _svg(figure)


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
        axes.plot(x, found, color=colour, lw=1.1, marker=marker, ms=3, label=target)
    if len(series) > 1:
        axes.legend(frameon=False, fontsize=8)
    axes.set_xlabel(f"{names[0]} / rad")
    axes.set_ylabel(names[1])
    return _svg(figure)


def histogram(shots: Mapping[str, int], *, title: str, marked: Collection[str] = ()) -> str:
    """Plot how often outcomes were seen, in the order in which they are given."""
    figure, axes = _axes(width=7.6)
    colours = [GREEN if name in marked else BLUE for name in shots]
    axes.bar(list(shots), list(shots.values()), color=colours, width=_BAR)
    if len(shots) < _FLAT:
        middle, half = (len(shots) - 1) / 2, (_FLAT - 1 + _BAR) * (0.5 + axes.get_xmargin())
        axes.set_xlim(middle - half, middle + half)
    axes.set_title(title, fontsize=9, color=INK)
    axes.set_ylabel("shots")
    axes.tick_params(axis="x", rotation=0 if len(shots) <= _FLAT else 60)
    return _svg(figure)


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
    axes.legend(frameon=False, fontsize=8)
    axes.set_xlabel(name)
    axes.set_ylabel("shots")
    return _svg(figure)


def heat_map(
    x: Sequence[float], y: Sequence[float], value: Sequence[float], *, names: tuple[str, str, str]
) -> str:
    """Plot an observable over two parameters: a map where they form a grid, else dots."""
    from matplotlib import rc_context

    figure, axes = _axes(width=6.0)
    across, up = np.unique(x), np.unique(y)
    with rc_context(FORMAT):
        if len(across) * len(up) == len(value):
            order = np.lexsort((x, y))
            grid = np.array(value)[order].reshape(len(up), len(across))
            drawn: Any = axes.pcolormesh(across, up, grid, cmap="viridis", rasterized=True)
        else:
            size = 24 if len(value) < _FEW else 6
            drawn = axes.scatter(x, y, c=value, s=size, cmap="viridis", lw=0, rasterized=True)
        figure.colorbar(drawn, ax=axes, label=names[2])
    axes.set_xlabel(f"{names[0]} / rad")
    axes.set_ylabel(f"{names[1]} / rad")
    return _svg(figure)


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


def _svg(figure: "Figure") -> str:
    from matplotlib import rc_context

    text = io.StringIO()
    with rc_context(FORMAT):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue().partition("<svg")[1] + text.getvalue().partition("<svg")[2]
