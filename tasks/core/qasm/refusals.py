"""Reasons for refusing parts of OpenQASM, each with what to do instead."""

from typing import Final

from tasks.core.qasm.tokens import shown

_OUTCOMES = "the only control flow on measured bits is `if` with gates in it. Use `if`."
_TOO_MUCH = "a sweep takes gates, gate definitions, loops over numbers and measurements. Remove it."
REFUSED: Final = {
    "while": _OUTCOMES, "switch": _OUTCOMES,
    "box": "gates here are compiled for the target, so boxes have no meaning. Remove the box.",
    "opaque": "a gate without a body cannot be run. Give it a body, or remove it.",
    "output": "results are observables here. Remove it, and name the observables.",
} | dict.fromkeys(
    (
        "def", "defcal", "defcalgrammar", "cal", "extern", "delay", "array", "complex",
        "duration", "stretch", "return", "end", "break", "continue", "bool",
    ),
    _TOO_MUCH,
)  # fmt: skip
"""First words of statements -> why they are refused."""


def of_pragma(text: str) -> str:
    """Say why a pragma or an annotation is not taken, and what to do instead."""
    words = text.lstrip("#").split()
    if words[1:3] == ["braket", "verbatim"]:
        return (
            "a verbatim box is not taken: gates here are compiled for the target, on qubits that "
            "suit it. Remove the pragma and the box{ } around the gates."
        )
    if words[1:3] == ["braket", "result"]:
        return f"{shown(text)} is not taken. Remove it; observables are named apart."
    if words[1:3] == ["braket", "noise"]:
        return f"{shown(text)} is not taken. Remove it; noise is the target's."
    return f"{shown(text)} is not taken. Remove it, or write it out in gates."
