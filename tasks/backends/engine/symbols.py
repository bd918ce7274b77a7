"""Expressions of sympy's, as Braket's interpreter makes them, as angles of ours."""

from typing import Any

from datasets.records.circuits import Angle
from tasks.backends.engine.program import Expression, Formula


def expression(value: Any) -> Expression:
    """Return a number, or an expression of sympy's, as an angle of ours."""
    names = tuple(sorted(str(symbol) for symbol in getattr(value, "free_symbols", ())))
    if not names:
        return Angle(float(value))
    return _affine(value, names) or _formula(value, names)


def _affine(value: Any, names: tuple[str, ...]) -> Angle | None:
    import sympy

    terms = []
    constant = value
    for symbol in sorted(value.free_symbols, key=str):
        weight = sympy.diff(value, symbol)
        if weight.free_symbols or weight.has(sympy.Derivative, sympy.Mod):
            return None
        terms.append((str(symbol), float(weight)))
        constant = constant.subs(symbol, 0)
    kept = tuple((name, weight) for name, weight in terms if weight)
    return Angle(float(constant), kept) if len(kept) == len(names) else None


def _formula(value: Any, names: tuple[str, ...]) -> Formula:
    import sympy

    symbols = sorted(value.free_symbols, key=str)
    compute = sympy.lambdify(symbols, value, modules="numpy")
    return Formula(sympy.srepr(value), names, compute)
