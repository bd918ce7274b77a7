"""The summary of a run in words, at most 80 columns wide."""

import textwrap
from collections.abc import Mapping
from typing import Any

WIDTH = 80
LABEL = 11


def vqe_summary(result: Mapping[str, Any]) -> str:
    """Return the summary of a variational run."""
    exact = result["exact_energy"]
    lines = [
        f"{result['problem']} on {result['target']}",
        "",
        _line("mitigated", _energy(result["energy"], result["stderr"], exact)),
        _line("raw", _energy(result["raw_energy"], result["raw_stderr"], exact)),
        _line("exact", "not known" if exact is None else f"{exact:.5f} hartree"),
        _line("mitigation", result["method"]),
        _line(
            "circuit",
            f"{result['two_qubit_gates']} two-qubit gates, depth {result['depth']}, "
            f"predicted success {result['estimated_success']:.3f}",
        ),
        _line("qubits", result["reason"]),
        _line("cost", _cost(result)),
        _line("data", result["lake"]),
        _line("report", result["report"]),
        _line("trace", f"qrt show {result['run_id']}"),
    ]
    return "\n".join(lines)


def _energy(value: float, stderr: float, exact: float | None) -> str:
    text = f"{value:.5f} ± {stderr:.5f} hartree"
    return text if exact is None else f"{text}   {1000 * (value - exact):+.1f} mHa from exact"


def _cost(result: Mapping[str, Any]) -> str:
    if not result["cost_usd"]:
        return f"nothing: {result['target']} is free ({result['shots']:,} shots)"
    where = "charged" if result["target"].startswith("braket:") else "on the real device"
    return (
        f"{result['cost_usd']:.2f} USD {where}, at its published prices "
        f"({result['executions']} executions, {result['shots']:,} shots; "
        f"quoted at most {result['quote_usd']:.2f})"
    )


def _line(label: str, text: str) -> str:
    indent = " " * (LABEL + 2)
    # Paths are kept in one piece, however long, so that they can be copied.
    wrapped = textwrap.wrap(
        text, WIDTH - len(indent), break_on_hyphens=False, break_long_words=False
    ) or [""]
    return f"  {label:<{LABEL}}" + f"\n{indent}".join(wrapped)
