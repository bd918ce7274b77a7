"""The summary of a run in words, at most 80 columns wide."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.core.answers import told_reused
from tasks.core.money.charges import money_of, told_money
from tasks.core.physics.cuts import listed
from tasks.core.physics.spectrum import exact_words
from tasks.core.text.amounts import at_most, counted
from tasks.core.text.shortening import shortened

WIDTH = 80
LABEL = 11
LISTED = 8  # canaries, the worst first
LISTED_CIRCUITS = 20  # of a batch, those that failed first
LISTED_ESTIMATES = 3  # of a circuit


def vqe_summary(result: Mapping[str, Any]) -> str:
    """Return the summary of a variational run."""
    exact = result["exact_energy"]
    lines = [
        f"{result['problem']} on {result['target']}",
        "",
        _line("mitigated", _energy(result["energy"], result["stderr"], exact)),
        _line("raw", _energy(result["raw_energy"], result["raw_stderr"], exact)),
        _line("exact", exact_words(exact, result.get("exact_of"))),
        _line("mitigation", result["method"]),
        *_outside(result),
        *_ran(result),
    ]
    return "\n".join(lines)


def cut_summary(result: Mapping[str, Any]) -> str:
    """Return the summary of a search for a maximum cut."""
    most, optimal = result["max_cut"], result["optimal_probability"]
    size = f"{counted(result['nodes'], 'node')}, {counted(result['edges'], 'edge')}"
    lines = [
        f"{result['graph']} on {result['target']}: {size}",
        "",
        _line("mitigated", _cut(result, "")),
        _line("raw", _cut(result, "raw_")),
        _line("maximum", "not known" if most is None else f"{most:g}"),
        _line("best seen", _seen(result)),
        *(_line(f"side {k}", listed(nodes) or "none") for k, nodes in enumerate(result["sides"])),
        *([] if optimal is None else [_line("optimal", f"{optimal:.1%} of the shots")]),
        _line("mitigation", result["method"]),
        *_outside(result),
        *_ran(result),
    ]
    return "\n".join(lines)


def _outside(result: Mapping[str, Any]) -> list[str]:
    """Return the estimates that lie beyond what their observables can be."""
    return [_line("outside", told) for told in result.get("outside", ())]


def _cut(result: Mapping[str, Any], which: str) -> str:
    ratio = result[f"{which}approximation_ratio"]
    stderr = result["raw_stderr" if which else "stderr"]
    text = f"{result[f'{which}expected_cut']:.4f} ± {stderr:.4f} expected cut"
    return text if ratio is None else f"{text}   {ratio:.4f} of the maximum"


def _seen(result: Mapping[str, Any]) -> str:
    often = f"{result['best_frequency']:.1%} of {counted(result['samples'], 'shot')}"
    return f"{result['best_cut']:g} by {result['best_bitstring']}, in {often}"


def _ran(result: Mapping[str, Any]) -> list[str]:
    """Return what ran, where, what it cost and where the rest is."""
    return [
        _line(
            "circuit",
            f"{counted(result['two_qubit_gates'], 'two-qubit gate')}, depth {result['depth']}, "
            f"predicted success {result['estimated_success']:.3f}",
        ),
        _line("qubits", result["reason"]),
        _line("cost", _cost(result)),
        _line("data", result["lake"]),
        _line("report", result["report"]),
        _line("trace", f"qrt show {result['run_id']}"),
    ]


def sweep_summary(result: Mapping[str, Any]) -> str:
    """Return the summary of a sweep."""
    lines = [
        f"{result['circuit']} on {result['target']}: {counted(result['points'], 'point')}",
        "",
        *(
            _line(_measured(found, result), _range(found, result))
            for found in result["observables"]
        ),
        *(_line("missing", _gap(gap)) for gap in result["missing"]),
        _line("mitigation", result["method"]),
        *_outside(result),
        _line("measured", f"{counted(result['measured'], 'point')} in {result['wall_s']:.1f} s"),
        *(_line("reused", said) for said in told_reused(result)),
        *(_line("calibrated", said) for said in _calibrations(result)),
        _line("cost", _cost(result)),
        _line("data", result["lake"]),
        _line("report", result["report"]),
        _line("trace", f"qrt show {result['run_id']}"),
    ]
    return "\n".join(lines)


def _measured(found: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """Return what was measured, and where if that may be doubted."""
    name: str = found["observable"]
    return name if len(result["targets"]) == 1 else f"{name} on {found['target']}"


def _gap(gap: Mapping[str, Any]) -> str:
    points = f"{counted(gap['points'], 'point')} of {gap['target']}"
    return f"{points}: {gap['reason'].rstrip('. ')}. The same command buys what is missing."


def _calibrations(result: Mapping[str, Any]) -> list[str]:
    """Say what readers of a sweep have to know of the calibrations behind it."""
    said = []
    if result.get("set_aside"):
        are = "is" if result["set_aside"] == 1 else "are"
        sweeps = counted(result["set_aside"], "earlier sweep")
        aside = f"{sweeps} {are} on another calibration, and not counted"
        said.append(f"{aside}; --mix-calibrations adds to them")
    if result.get("mixed") and len(result.get("calibrations", ())) > 1:
        said.append(f"averaged over {len(result['calibrations'])} calibrations, as was asked for")
    if result.get("straddling"):
        straddle = "straddles" if result["straddling"] == 1 else "straddle"
        said.append(f"{counted(result['straddling'], 'execution')} {straddle} a recalibration")
    return said


def batch_summary(result: Mapping[str, Any]) -> str:
    """Return the summary of a batch: a line a circuit, those that failed first."""
    circuits = sorted(result["circuits"], key=lambda circuit: circuit["failure"] is None)
    left = len(circuits) - LISTED_CIRCUITS
    packed = counted(result["tasks"], "task")
    lines = [
        f"{counted(len(circuits), 'circuit')} on {result['target']} in {packed}",
        "",
        f"  {'circuit':<20} {'qubits':>6} {'gates':>6} {'depth':>6}  estimate",
        *(line for circuit in circuits[:LISTED_CIRCUITS] for line in _circuit(circuit)),
        *([f"  and {left:,} more: the report has all"] if left > 0 else []),
        "",
        _line("mitigation", result["method"]),
        *_outside(result),
        _line("cost", _cost(result)),
        _line("data", result["lake"]),
        _line("report", result["report"]),
        _line("trace", f"qrt show {result['run_id']}"),
    ]
    return "\n".join(lines)


def _circuit(circuit: Mapping[str, Any]) -> list[str]:
    """Return the lines of one circuit: its first estimates, or why it failed."""
    figures = (circuit["two_qubit_gates"], circuit["depth"])
    gates, depth = ("-" if figure is None else f"{figure:,}" for figure in figures)
    name = shortened(circuit["name"], 20)
    head = f"  {name:<20.20} {circuit['n_qubits']:>6} {gates:>6} {depth:>6}  "
    if circuit["failure"] is not None:
        told = textwrap.wrap(f"FAILED: {circuit['failure']}", WIDTH - len(head))
    else:
        told = _estimates(circuit["estimates"])
    return [head + told[0], *(" " * len(head) + rest for rest in told[1:])]


def _estimates(estimates: Mapping[str, Mapping[str, float]]) -> list[str]:
    told = [
        f"{shortened(name, 12)} {one['value']:+.4f} ± {one['stderr']:.4f}"
        for name, one in estimates.items()
    ]
    rest = len(told) - LISTED_ESTIMATES
    return told if rest <= 0 else [*told[:LISTED_ESTIMATES], f"and {rest} more"]


def canary_summary(result: Mapping[str, Any]) -> str:
    """Return the summary of a canary run."""
    ordered = sorted(result["canaries"], key=lambda one: one["p_value"])
    verdict = "passed" if result["passed"] else "FAILED"
    width = max(LABEL, *(len(one["circuit"]) + 1 for one in ordered[:LISTED]))
    lines = [
        f"canaries on {result['target']}: {verdict}, {result['reason']}",
        "",
        *(_line(one["circuit"], _scored(one), width=width) for one in ordered[:LISTED]),
        _line("device", result["standing"]),
        _line("cost", _cost(result)),
        _line("data", result["lake"]),
        _line("trace", f"qrt show {result['run_id']}"),
    ]
    return "\n".join(lines)


def _scored(one: Mapping[str, Any]) -> str:
    mark = "" if one["passed"] else "  FAILED"
    return f"{one['score']:.2%}, expected {one['baseline']:.2%}, p = {one['p_value']:.2g}{mark}"


def _range(found: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """Return the value at one point; of many the lowest, the highest, and where they are."""
    names: Sequence[str] = result["parameters"]
    least, most = f"{found['least']:+.4f}", f"{found['most']:+.4f}"
    first, error = _point(names, found["least_at"]), f"± {found['stderr']:.4f}"
    if result["points"] == 1:
        return f"{least} {error}" + (f" at {first}" if names else "")
    if least == most:
        return f"{least} at every point, {error}"
    return f"from {least} at {first} to {most} at {_point(names, found['most_at'])}, {error}"


def _point(names: Sequence[str], values: Sequence[float]) -> str:
    shown = [f"{name}={value:.4g}" for name, value in zip(names, values, strict=True)]
    return " ".join(shown[:3]) + (" ..." if len(shown) > 3 else "")  # noqa: PLR2004 - a line


def _energy(value: float, stderr: float, exact: float | None) -> str:
    text = f"{value:.5f} ± {stderr:.5f} hartree"
    return text if exact is None else f"{text}   {1000 * (value - exact):+.1f} mHa from exact"


def _free(result: Mapping[str, Any]) -> str:
    """Return why a run cost nothing."""
    if not result["shots"]:
        return "all was measured before"
    from tasks.devices.standing import any_bought

    if any_bought(result["target"]):
        return "a reservation's hours are billed by AWS"
    return f"{result['target']} is free"


def _cost(result: Mapping[str, Any]) -> str:
    if not any(money_of(result)):
        return f"nothing for {counted(result['shots'], 'shot')}: {_free(result)}"
    return (
        f"{told_money(result)}, at published prices "
        f"({counted(result['executions'], 'execution')}, {counted(result['shots'], 'shot')}; "
        f"{_expected(result)}quoted at most {at_most(result['quote_usd'])}){_items(result)}"
    )


def _expected(result: Mapping[str, Any]) -> str:
    """Return what was expected, where runs said so when they were quoted."""
    expected_usd = result.get("plan", {}).get("expected_usd")
    return "" if expected_usd is None else f"expected {expected_usd:,.2f}, "


def _items(result: Mapping[str, Any]) -> str:
    """Return what was charged item by item, with what was expected where that differs.

    Where nobody charges it is what was expected.
    """
    planned = {line["item"]: line["usd"] for line in result.get("plan", {}).get("items", ())}
    charged = {line["item"]: line["usd"] for line in result.get("bill", ())}
    if not charged:
        told = [f"{item.replace('_', ' ')} {usd:,.2f}" for item, usd in planned.items()]
        return f": expected {', '.join(told)}" if told else ""
    return ": " + ", ".join(
        f"{item.replace('_', ' ')} {charged.get(item, 0):,.2f}"
        + (
            f" of {planned.get(item, 0):,.2f}"
            if planned.get(item, 0) != charged.get(item, 0)
            else ""
        )
        for item in dict.fromkeys((*planned, *charged))
    )


def _line(label: str, text: str, *, width: int = LABEL) -> str:
    indent = " " * (width + 2)
    # Paths are kept in one piece, however long, so that they can be copied.
    wrapped = textwrap.wrap(
        text, WIDTH - len(indent), break_on_hyphens=False, break_long_words=False
    ) or [""]
    label = label if len(label) < width else f"{label}\n{' ' * width}  "
    return f"  {label:<{width}}" + f"\n{indent}".join(wrapped)
