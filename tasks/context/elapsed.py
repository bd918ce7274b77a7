"""How long a run has taken, by a clock that only goes forward where one process did all of it."""

import time
from datetime import UTC, datetime
from typing import Final

from datasets.records.executions import RunId
from datasets.records.runs import Run

_MOST_RUNS: Final = 1024
_taken_up: dict[RunId, tuple[float, bool]] = {}  # when, by the monotonic clock; whether from anew


def take_up(run_id: RunId, *, anew: bool) -> None:
    """Note that this process begins a run, or goes on with it."""
    if len(_taken_up) >= _MOST_RUNS:
        _taken_up.clear()
    _taken_up[run_id] = (time.monotonic(), anew)


def elapsed_s(run: Run) -> float:
    """Return the seconds since a run began.

    What other processes took is known by wall clocks alone, which may be wrong: it counts as
    nothing where they say that the run has not begun yet.
    """
    since_s, anew = _taken_up.get(run.run_id, (time.monotonic(), False))
    here_s = time.monotonic() - since_s
    if anew:
        return here_s
    return max(here_s, (datetime.now(UTC) - run.started_at).total_seconds())
