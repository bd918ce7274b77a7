"""What a peer's process says and hears: the work in one line, then one line a turn."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

Prepare = Callable[[dict[str, Any]], Callable[[], object]]


def serve(prepare: Prepare) -> None:
    """Read the work, run it once to be warm, then once for each line that comes in."""
    told = json.loads(sys.stdin.readline())
    run = prepare(told)
    run()
    _say("ready")
    for _ in sys.stdin:
        started_s = time.perf_counter()
        run()
        _say(str(time.perf_counter() - started_s))


def _say(text: str) -> None:
    sys.stdout.write(f"@{text}\n")
    sys.stdout.flush()
