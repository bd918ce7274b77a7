"""Points that a device could not measure for a run, with the reason, kept beside its inputs.

They are written before the rest of their piece lands: whoever goes on knows which points landed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from tasks.context.pins import Pins
from tasks.core.identity import canonical
from tasks.core.sweeps.points import Points, point_ids
from tasks.core.sweeps.work import Lack, Piece

_FOLDER: Final = "missing/"


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing of one piece: the numbers of its points, each with the reason."""

    target: str
    repetition: int
    missing: Mapping[int, str]


def keep(piece: Piece, missing: Mapping[int, str], *, pins: Pins) -> None:
    """Write down what is missing of a piece."""
    content = {
        "target": piece.target,
        "repetition": piece.repetition,
        "points": sorted(missing.items()),
    }
    pins.replace(f"{_FOLDER}{piece.key}.json", canonical(content).decode())


def gaps_of(pins: Pins) -> dict[str, Gap]:
    """Return the missing points of a run by the key of their piece."""
    found = {}
    for name in pins.names(_FOLDER):
        content = json.loads(pins.find(name) or b"")
        missing = {int(number): str(reason) for number, reason in content["points"]}
        key = PurePosixPath(name).stem
        found[key] = Gap(content["target"], content["repetition"], missing)
    return found


def lacking(points: Points, *, pins: Pins) -> frozenset[Lack]:
    """Return the missing points of a run, keyed by content and not by index."""
    return frozenset(
        Lack(gap.target, gap.repetition, *point_ids(points.parameters, points.block(n, n + 1)))
        for gap in gaps_of(pins).values()
        for n in gap.missing
    )
