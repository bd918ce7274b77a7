"""Points that a device could not measure for a run, with the reason, kept beside its inputs.

They are written before the rest of their piece lands: whoever goes on knows which points landed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from datasets.devices.text_file import write_text
from datasets.file_reading import read_text
from datasets.file_writing import make_folder
from datasets.layout import Home
from datasets.records.executions import RunId
from tasks.core.identity import canonical
from tasks.core.sweeps.points import Points, point_ids
from tasks.core.sweeps.work import Lack, Piece


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing of one piece: the numbers of its points, each with the reason."""

    target: str
    repetition: int
    missing: Mapping[int, str]


def keep(piece: Piece, missing: Mapping[int, str], *, run_id: RunId, home: Home) -> None:
    """Write down what is missing of a piece; the same again is the same file."""
    folder = home.inputs_of(run_id) / "missing"
    make_folder(folder)
    content = {
        "target": piece.target,
        "repetition": piece.repetition,
        "points": sorted(missing.items()),
    }
    write_text(folder / f"{piece.key}.json", canonical(content).decode(), replace=True)


def gaps_of(run_id: RunId, *, home: Home) -> dict[str, Gap]:
    """Return what is missing of a run, by the key of the piece that it belongs to."""
    found = {}
    for path in sorted((home.inputs_of(run_id) / "missing").glob("*.json")):
        content = json.loads(read_text(path))
        missing = {int(number): str(reason) for number, reason in content["points"]}
        found[path.stem] = Gap(content["target"], content["repetition"], missing)
    return found


def lacking(run_id: RunId, points: Points, *, home: Home) -> frozenset[Lack]:
    """Return what is missing of a run by what it is, not by where it stood among its points."""
    return frozenset(
        Lack(gap.target, gap.repetition, *point_ids(points.parameters, points.block(n, n + 1)))
        for gap in gaps_of(run_id, home=home).values()
        for n in gap.missing
    )
