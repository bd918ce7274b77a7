"""Warn of angles of many turns: degrees may have been given in place of radians."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from tasks.core.qasm.circuit import Block, ReadCircuit
from tasks.core.sweeps.points import Points

MOST_RAD: Final = 4 * math.pi  # a rotation has that period, so that nobody needs more
LOOKED_AT: Final = 4096  # points, and the last one: a grid's ends are its first and its last


def many_turns(read: ReadCircuit, points: Points) -> str:
    """Return one line about the parameter that turns furthest; nothing where none turns far.

    What counts is the angle of a gate: a circuit may take degrees, and turn them itself.
    """
    first = points.block(0, min(len(points), LOOKED_AT))
    block = np.vstack([first, points.block(len(points) - 1, len(points))])
    reached = dict(_reached(read, block))
    far = [name for name, angle in reached.items() if angle > MOST_RAD]
    if not far:
        return ""
    name = max(far, key=lambda each: reached[each])
    others = f", and {len(far) - 1} more" if len(far) > 1 else ""
    return (
        f"{name} turns a gate by up to {reached[name]:.4g} radians, {reached[name] / math.tau:.3g} "
        f"turns{others}: angles are read as radians; degrees are written {name}=0deg:90deg:10"
    )


def _reached(read: ReadCircuit, block: Block) -> Iterator[tuple[str, float]]:
    """Yield each parameter that gates use as it stands, with the largest angle that it alone gives.

    Derived ones are formulas of the circuit's own, which does what it means.
    """
    weights = dict[str, float]()
    for gate in read.circuit.gates:
        for angle in gate.angles:
            for name, weight in angle.terms:
                weights[name] = max(weights.get(name, 0.0), abs(weight))
    for name, column in zip(read.parameters, block.T, strict=True):
        if name in weights:
            yield name, weights[name] * float(np.max(np.abs(column)))
