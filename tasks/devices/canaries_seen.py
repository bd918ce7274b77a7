"""What the last canaries on each device and calibration saw, as the lake has it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Final

from datasets.lake.views import query
from tasks.core.selection.trust import CanarySeen

_LAST: Final = """SELECT target, calibration_id, circuit, score, baseline, passed, "at"
    FROM canaries QUALIFY "at" = max("at") OVER (PARTITION BY target, calibration_id)
    ORDER BY ALL"""


def canaries_seen(lake: Path | str) -> Mapping[tuple[str, str], Sequence[CanarySeen]]:
    """Return the last canaries by target and calibration.

    Raises:
        StorageFault: the lake cannot be read.
    """
    if isinstance(lake, Path) and not (lake / "canaries").is_dir():
        return {}  # without a database being opened
    found = defaultdict[tuple[str, str], list[CanarySeen]](list)
    for target, calibration_id, circuit, score, baseline, passed, at in query(lake, _LAST).rows:
        seen = CanarySeen(circuit, score, baseline, passed, at.astimezone(UTC))
        found[target, calibration_id].append(seen)
    return found
